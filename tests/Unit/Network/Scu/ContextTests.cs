using FlywheelDicom.Network.Scu;
using FlywheelDicom.Network.Wire;

namespace FlywheelDicom.Unit.Network.Scu;

/// <summary>Which contexts are proposed, which were accepted, and which is used.</summary>
public class ContextTests
{
    private const string CT = "1.2.840.10008.5.1.4.1.1.2";
    private const string MR = "1.2.840.10008.5.1.4.1.1.4";
    private const string Implicit = "1.2.840.10008.1.2";
    private const string Explicit = "1.2.840.10008.1.2.1";
    private const string Big = "1.2.840.10008.1.2.2";
    private const string Jpeg = "1.2.840.10008.1.2.4.50";
    private const string Jpeg2000 = "1.2.840.10008.1.2.4.90";
    private static readonly DicomDestination s_destination = new() { Host = "peer", Port = 104, CalledAE = "PEER" };

    [Theory]
    [InlineData("CT:E", "CT:E CT:I")]
    [InlineData("CT:I", "CT:I CT:E")]
    [InlineData("CT:B", "CT:B CT:E CT:I")]
    [InlineData("CT:J", "CT:J CT:EI")]
    [InlineData("CT:J CT:E", "CT:J CT:E CT:I")]
    [InlineData("CT:J CT:2 MR:J", "CT:J CT:2 MR:J CT:EI MR:EI")]
    [InlineData("CT:E CT:E MR:I", "CT:E MR:I CT:I MR:E")]
    [InlineData("", "")]
    public void Each_syntax_has_a_context_of_its_own(string needs, string expected)
    {
        var plan = PresentationContextPlan.Of(needs.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Need));
        Assert.Equal(expected, string.Join(' ', plan.Select(c => $"{(c.AbstractSyntax == CT ? "CT" : "MR")}:{string.Concat(c.TransferSyntaxes.Select(Letter))}")));
        Assert.Equal(Enumerable.Range(0, plan.Count).Select(i => 2 * i + 1), plan.Select(c => (int)c.Id));
    }

    /// <summary>Two contexts each: 64 fit.</summary>
    [Theory]
    [InlineData(64, 128)]
    [InlineData(65, 128)]
    [InlineData(500, 128)]
    [InlineData(63, 126)]
    public void What_does_not_fit_is_left_for_another_association(int classes, int contexts)
    {
        var plan = PresentationContextPlan.Of(Enumerable.Range(1, classes).Select(i => new StoreNeed($"1.2.{i}", Jpeg)));
        Assert.Equal(contexts, plan.Count);
        Assert.Equal("1.2.1", plan[0].AbstractSyntax);
        Assert.Equal(255 - 2 * (128 - contexts), plan[^1].Id);
        Assert.Equal(contexts / 2, plan.Count(c => c.TransferSyntaxes.Count == 1));
    }

    [Theory]
    [InlineData("CT:J", "CT", "J", true)]
    [InlineData("CT:J", "CT", null, true)]
    [InlineData("CT:J", "CT", "2", false)]
    [InlineData("CT:J", "MR", "J", false)]
    [InlineData("CT:J", "MR", null, false)]
    [InlineData("CT:EI", "CT", "J", true)]
    [InlineData("CT:I", "CT", "J", true)]
    [InlineData("CT:B", "CT", "J", false)]
    public void Context_is_for_its_class_and_syntax(string context, string sopClass, string? syntax, bool expected)
        => Assert.Equal(expected, PresentationContextPlan.IsFor(Proposed(context), Class(sopClass), syntax is null ? null : Syntax(syntax[0])));

    [Theory]
    [InlineData("CT:E>E CT:I>I", "CT", "E", "E")]
    [InlineData("CT:E>E CT:I>I", "CT", "I", "I")]
    [InlineData("CT:I>I CT:E>E", "CT", "B", "E")]
    [InlineData("CT:E CT:I>I", "CT", "E", "I")]
    [InlineData("CT:E CT:I", "CT", "E", null)]
    [InlineData("CT:J CT:EI>E", "CT", "J", null)]
    [InlineData("CT:J>J CT:2>2", "CT", "2", "2")]
    [InlineData("CT:E>E", "MR", "E", null)]
    [InlineData("CT:E> CT:I>I", "CT", "E", "I")]
    public void Instance_goes_in_its_own_syntax_or_in_one_without_loss(string answers, string sopClass, string own, string? expected)
    {
        var accepted = new AcceptedContexts(answers.Split(' ').Select(Answered));
        var context = accepted.For(Class(sopClass), DicomTransferSyntax.Lookup(Syntax(own[0])));
        Assert.Equal(expected, context is null ? null : Letter(context.AcceptedTransferSyntax!));
        Assert.Equal(context?.AbstractSyntax, context is null ? null : Class(sopClass));
    }

    [Fact]
    public void First_context_of_a_kind_is_the_one_that_is_used()
    {
        var first = Answered("CT:E>E");
        var accepted = new AcceptedContexts([Answered("CT:J"), first, Answered("CT:E>E") with { Id = 9 }, Answered("MR:I>I")]);
        Assert.Same(first, accepted.For(CT, DicomTransferSyntax.ExplicitVRLittleEndian));
        Assert.Same(first, accepted.For(CT));
        Assert.Equal(Implicit, accepted.For(MR)!.AcceptedTransferSyntax);
        Assert.Null(accepted.For("1.2.3"));
    }

    [Theory]
    [InlineData("CT:E!3 CT:I!3", "CT", "E", "SOP class CT Image Storage", "abstract syntax not supported")]
    [InlineData("CT:E!1 CT:I!1", "CT", "E", "SOP class", "user rejection")]
    [InlineData("CT:E!2 CT:I!1", "CT", "E", "SOP class", "no reason given")]
    [InlineData("CT:I!1 CT:E!2", "CT", "E", "SOP class", "no reason given")]
    [InlineData("CT:J!4 CT:EI>E", "CT", "J", "transfer syntax JPEG", "transfer syntax not supported")]
    [InlineData("CT:J!4 CT:EI!3", "CT", "J", "transfer syntax JPEG", "transfer syntax not supported")]
    [InlineData("CT:J!1 CT:EI>E", "CT", "J", "transfer syntax JPEG", "user rejection")]
    [InlineData("CT:J!3 CT:EI!3", "CT", "J", "SOP class", "abstract syntax not supported")]
    [InlineData("CT:J>2", "CT", "J", "transfer syntax JPEG", "another transfer syntax than proposed was chosen")]
    [InlineData("MR:E!3", "CT", "E", "SOP class CT", "no reason given")]
    [InlineData("MR:E!3 CT:EI!3", "CT", "2", "SOP class CT", "abstract syntax not supported")]
    [InlineData("CT:E!4", "CT", null, "SOP class CT", "transfer syntax not supported")]
    [InlineData("MR:E!4 CT:I!1", "CT", null, "SOP class CT", "user rejection")]
    public void Refusal_says_what_is_refused_and_why(string answers, string sopClass, string? syntax, string what, string why)
    {
        var e = AssociationFailures.Refused(s_destination, answers.Split(' ').Select(Answered), Class(sopClass), syntax is null ? null : Syntax(syntax[0]));
        Assert.Equal((DicomNetworkError.ContextRefused, RetryAdvice.Never), (e.Error, e.Retry));
        Assert.Contains($"does not take {what}", e.Message, StringComparison.Ordinal);
        Assert.EndsWith($": {why}.", e.Message, StringComparison.Ordinal);
    }

    private static StoreNeed Need(string text) => new(Class(text[..2]), Syntax(text[3]));

    private static PresentationContext Proposed(string text) => new(1, Class(text[..2]), [.. text[3..].Select(Syntax)]);

    /// <summary>CT:EI>E is accepted in E, CT:E> in none that is told, CT:E!3 refused for reason 3, CT:E refused for none.</summary>
    private static PresentationContext Answered(string text)
    {
        var at = text.IndexOfAny(['>', '!']);
        var proposed = Proposed(at < 0 ? text : text[..at]);
        if (at < 0)
            return proposed;
        return text[at] == '!' ? proposed with { Result = (PresentationContextResult)(text[at + 1] - '0') }
            : proposed with { Result = PresentationContextResult.Accepted, AcceptedTransferSyntax = at + 1 < text.Length ? Syntax(text[at + 1]) : null };
    }

    private static string Class(string name) => name == "CT" ? CT : MR;

    private static string Syntax(char letter) => letter switch { 'E' => Explicit, 'I' => Implicit, 'B' => Big, 'J' => Jpeg, _ => Jpeg2000 };

    private static string Letter(string syntax) => syntax switch { Explicit => "E", Implicit => "I", Big => "B", Jpeg => "J", _ => "2" };
}
