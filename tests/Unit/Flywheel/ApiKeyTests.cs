using FlywheelDicom.Flywheel;

namespace FlywheelDicom.Unit.Flywheel;

public class ApiKeyTests
{
    [Theory]
    [InlineData("fw.example.org:secret", "https://fw.example.org/api/")]
    [InlineData("fw.example.org:8443:secret", "https://fw.example.org:8443/api/")]
    [InlineData("fw.example.org:8443:__force_insecure:secret", "http://fw.example.org:8443/api/")]
    [InlineData("fw.example.org:__force_insecure:secret", "http://fw.example.org/api/")]
    [InlineData("https://fw.example.org:secret", "https://fw.example.org/api/")]
    [InlineData("http://fw.example.org:8080:secret", "http://fw.example.org:8080/api/")]
    [InlineData("https://fw.example.org/api:secret", "https://fw.example.org/api/")]
    [InlineData("https://fw.example.org:8443/api:secret", "https://fw.example.org:8443/api/")]
    [InlineData("https://fw.example.org/:secret", "https://fw.example.org/api/")]
    [InlineData("bearer fw.example.org:secret", "https://fw.example.org/api/")]
    [InlineData("  Scitran-User fw.example.org:secret\n", "https://fw.example.org/api/")]
    [InlineData("127.0.0.1:5000:secret", "https://127.0.0.1:5000/api/")]
    [InlineData("[::1]:5000:secret", "https://[::1]:5000/api/")]
    public void Key_of_every_form_is_taken(string text, string baseUri)
    {
        var key = FlywheelApiKey.Parse(text);
        Assert.Equal(baseUri, key.BaseUri.ToString());
        Assert.Equal("scitran-user secret", key.Authorization.ToString());
        Assert.DoesNotContain("secret", key.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Word_before_the_secret_depends_on_its_length()
    {
        var secret = new string('x', 57);
        Assert.Equal("Bearer " + secret, FlywheelApiKey.Parse("fw.example.org:" + secret).Authorization.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("TOPSECRET0123456789")]
    [InlineData("https://TOPSECRET")]
    [InlineData("fw.example.org:")]
    [InlineData("fw.example.org:99999:TOPSECRET")]
    [InlineData("fw.example.org:what:TOPSECRET")]
    [InlineData("fw example:TOPSECRET")]
    [InlineData("fw.example.org:TOP SECRET")]
    public void What_is_no_key_is_refused_without_being_repeated(string? text)
    {
        var e = Assert.Throws<FlywheelException>(() => FlywheelApiKey.Parse(text));
        Assert.Equal(FlywheelError.KeyMalformed, e.Error);
        Assert.DoesNotContain("TOPSECRET", e.ToString(), StringComparison.Ordinal);
    }
}
