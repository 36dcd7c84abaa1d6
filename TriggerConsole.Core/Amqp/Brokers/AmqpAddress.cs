using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Amqp.Brokers;

/// <summary>Addresses of AMQP brokers, as the RabbitMQ URI specification has them, except that a bare slash means the default virtual host.</summary>
internal static class AmqpAddress
{
    public const string Example = "amqps://broker.example:5671";
    public const string DefaultVirtualHost = "/";
    private const int MaxVirtualHostBytes = 255;

    private static readonly Dictionary<string, int> s_schemes = new() { ["amqp"] = 5672, ["amqps"] = 5671 };

    public static bool IsEncrypted(this BrokerAddress address) => address.Scheme == "amqps";

    /// <summary>Reads an address; null when it is none, and then <paramref name="errors"/> says why. Its path is empty, or a slash and the virtual host as it was written.</summary>
    public static BrokerAddress? Parse(string url, FieldErrors errors, string field)
    {
        if (BrokerAddress.Parse(url, s_schemes, Example, errors, field) is not { } address) return null;
        if (address.Path is "" or "/") return address with { Path = "" };
        if (address.Path[0] != '/' || address.Path.AsSpan().ContainsAny('?', '#')) return Fault("What follows the host is no virtual host. Write, for example, amqp://broker.example/sales.");
        if (address.Path.AsSpan(1).Contains('/')) return Fault("A virtual host is one name after the slash. A slash within it is written %2F.");
        var name = Uri.UnescapeDataString(address.Path[1..]);
        if (name.Any(char.IsControl)) return Fault("There is a control character in the virtual host.");
        if (System.Text.Encoding.UTF8.GetByteCount(name) > MaxVirtualHostBytes) return Fault($"The virtual host is longer than {MaxVirtualHostBytes} bytes.");
        return name == DefaultVirtualHost ? address with { Path = "" } : address;

        BrokerAddress? Fault(string message)
        {
            errors.Add(field, message);
            return null;
        }
    }

    public static string VirtualHostOf(BrokerAddress address) => address.Path.Length == 0 ? DefaultVirtualHost : Uri.UnescapeDataString(address.Path[1..]);

    /// <summary>Takes user name and password, which such addresses often carry, out of one.</summary>
    public static (string Url, string? Username, string? Password) SplitCredentials(string url)
    {
        var start = url.IndexOf("://", StringComparison.Ordinal);
        if (start < 0) return (url, null, null);
        start += 3;
        var end = url.AsSpan(start).IndexOfAny('/', '?', '#');
        var authority = end < 0 ? url[start..] : url.Substring(start, end);
        var at = authority.LastIndexOf('@');
        if (at < 0) return (url, null, null);
        var colon = authority.AsSpan(0, at).IndexOf(':');
        return (url[..start] + url[(start + at + 1)..],
            Uri.UnescapeDataString(colon < 0 ? authority[..at] : authority[..colon]),
            colon < 0 ? null : Uri.UnescapeDataString(authority[(colon + 1)..at]));
    }
}
