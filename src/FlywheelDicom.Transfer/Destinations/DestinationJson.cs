using System.Security.Cryptography.X509Certificates;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace FlywheelDicom.Transfer.Destinations;

/// <summary>
/// The content of a file of destinations. It may be edited by hand, so a member that is not known is an error and not left out in silence.
/// It holds no secret: certificates and keys by path or thumbprint, passwords not at all.
/// </summary>
internal static class DestinationJson
{
    private const int Version = 1;

    public static byte[] Write(IEnumerable<DicomDestination> destinations)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteNumber("version", Version);
            json.WriteStartArray("destinations");
            foreach (var destination in destinations)
                Write(json, destination);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return bytes.ToArray();
    }

    /// <exception cref="FormatException">It is not such a file; the message says where.</exception>
    public static List<DicomDestination> Read(ReadOnlyMemory<byte> bytes, DicomDestinationScope scope)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            var found = new List<DicomDestination>();
            foreach (var member in Members(document.RootElement, "the file"))
            {
                if (member.NameEquals("version"))
                    RequireVersion(member.Value);
                else if (member.NameEquals("destinations"))
                    found.AddRange(member.Value.EnumerateArray().Select((d, i) => ReadDestination(d, i + 1, scope)));
                else
                    throw Unknown(member, "the file");
            }
            var twice = found.GroupBy(d => d.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(g => g.Count() > 1);
            return twice is null ? found : throw new FormatException($"the name '{twice.Key}' stands there more than once");
        }
        catch (JsonException e)
        {
            throw new FormatException($"it is not JSON (line {e.LineNumber + 1})", e);
        }
        catch (InvalidOperationException e)
        {
            throw new FormatException("a value is of another kind than it should be", e);
        }
    }

    private static void Write(Utf8JsonWriter json, DicomDestination destination)
    {
        json.WriteStartObject();
        json.WriteString("name", destination.Name);
        json.WriteString("host", destination.Host);
        json.WriteNumber("port", destination.Port);
        json.WriteString("calledAE", destination.CalledAE);
        json.WriteString("callingAE", destination.CallingAE);
        if (destination.Tls is { } tls)
        {
            json.WriteStartObject("tls");
            json.WriteString("profile", tls.Profile.ToString());
            WriteIfAny(json, "certificatePath", tls.CertificatePath);
            WriteIfAny(json, "keyPath", tls.KeyPath);
            WriteIfAny(json, "certificateThumbprint", tls.CertificateThumbprint);
            if (tls.TrustedCertificatePath.Count > 0)
            {
                json.WriteStartArray("trustedCertificatePath");
                foreach (var path in tls.TrustedCertificatePath)
                    json.WriteStringValue(path);
                json.WriteEndArray();
            }
            WriteIfAny(json, "serverName", tls.ServerName);
            json.WriteBoolean("skipCertificateCheck", tls.SkipCertificateCheck);
            json.WriteString("revocationMode", tls.RevocationMode.ToString());
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static void WriteIfAny(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
            json.WriteString(name, value);
    }

    private static DicomDestination ReadDestination(JsonElement element, int number, DicomDestinationScope scope)
    {
        var where = $"destination {number}";
        string? name = null, host = null;
        var destination = new DicomDestination { Host = "unknown", Scope = scope };
        try
        {
            foreach (var member in Members(element, where))
            {
                switch (member.Name)
                {
                    case "name":
                        name = DestinationName.Checked(member.Value.GetString() ?? "");
                        where = $"destination '{name}'";
                        break;
                    case "host":
                        host = member.Value.GetString();
                        destination = destination with { Host = host ?? "" };
                        break;
                    case "port":
                        destination = destination with { Port = member.Value.TryGetInt32(out var port) ? port : throw new FormatException($"{where} has a port that is no number from 1 to 65535") };
                        break;
                    case "calledAE":
                        destination = destination with { CalledAE = member.Value.GetString() ?? "" };
                        break;
                    case "callingAE":
                        destination = destination with { CallingAE = member.Value.GetString() ?? "" };
                        break;
                    case "tls":
                        destination = destination with { Tls = member.Value.ValueKind == JsonValueKind.Null ? null : ReadTls(member.Value, where) };
                        break;
                    default:
                        throw Unknown(member, where);
                }
            }
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            throw new FormatException($"{where}: {(e is ArgumentException ? e.Message.TrimEnd('.') : "a value is of another kind than it should be")}", e);
        }
        return name is not null && host is not null ? destination with { Name = name } : throw new FormatException($"{where} has no {(name is null ? "name" : "host")}");
    }

    private static DicomTls ReadTls(JsonElement element, string where)
    {
        var tls = new DicomTls();
        foreach (var member in Members(element, where))
        {
            var value = member.Value;
            tls = member.Name switch
            {
                "profile" => tls with { Profile = ReadEnum<DicomTlsProfile>(value, where) },
                "certificatePath" => tls with { CertificatePath = value.GetString() },
                "keyPath" => tls with { KeyPath = value.GetString() },
                "certificateThumbprint" => tls with { CertificateThumbprint = value.GetString() },
                "trustedCertificatePath" => tls with { TrustedCertificatePath = [.. value.EnumerateArray().Select(v => v.GetString() ?? "")] },
                "serverName" => tls with { ServerName = value.GetString() },
                "skipCertificateCheck" => tls with { SkipCertificateCheck = value.GetBoolean() },
                "revocationMode" => tls with { RevocationMode = ReadEnum<X509RevocationMode>(value, where) },
                _ => throw Unknown(member, where),
            };
        }
        return tls;
    }

    private static T ReadEnum<T>(JsonElement value, string where) where T : struct, Enum
        => Enum.TryParse<T>(value.GetString(), ignoreCase: true, out var known) && Enum.IsDefined(known) ? known
            : throw new FormatException($"{where}: '{value}' is none of {string.Join(", ", Enum.GetNames<T>())}");

    private static void RequireVersion(JsonElement value)
    {
        if (!value.TryGetInt32(out var version) || version != Version)
            throw new FormatException($"its version is {value}, and this module reads version {Version}");
    }

    private static JsonElement.ObjectEnumerator Members(JsonElement element, string where)
        => element.ValueKind == JsonValueKind.Object ? element.EnumerateObject() : throw new FormatException($"{where} is not a JSON object");

    private static FormatException Unknown(JsonProperty member, string where) => new($"{where} has a member '{member.Name}', which is not known");
}
