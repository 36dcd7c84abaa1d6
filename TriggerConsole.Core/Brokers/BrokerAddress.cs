using System.Globalization;
using System.Net;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Brokers;

/// <summary>Where a broker is: the parts of an address such as <c>mqtts://broker.example:8883</c>.</summary>
/// <param name="Scheme">In small letters.</param>
/// <param name="Host">As the name service takes it; an IPv6 address without brackets.</param>
/// <param name="Port">The one given, or the usual one of the scheme.</param>
/// <param name="Path">From the first slash, with what follows; empty when there is none.</param>
internal sealed record BrokerAddress(string Scheme, string Host, int Port, string Path)
{
    public const int MaxLength = 1000;

    /// <summary>Where a sign-in goes: <c>mqtts://broker.example:8883</c>.</summary>
    public string Destination { get; } = $"{Scheme}://{(Host.Contains(':') ? $"[{Host}]" : Host)}:{Port}";

    /// <summary>
    /// The same with whom it is proven to be: under another name, or by another authority, a server that is not the broker could take the
    /// sign-in.
    /// </summary>
    public string DestinationBy(BrokerTls? tls) => $"{Destination} {tls?.ServerName?.Trim().ToLowerInvariant()} {tls?.CaCertificates?.Trim()}".TrimEnd();

    /// <summary>Reads an address; null when it is none, and then <paramref name="errors"/> says why.</summary>
    /// <param name="schemes">Those that are understood, with their usual ports.</param>
    /// <param name="example">A right one, for the sentences.</param>
    public static BrokerAddress? Parse(string url, IReadOnlyDictionary<string, int> schemes, string example, FieldErrors errors, string field)
    {
        url = url.Trim();
        if (url.Length == 0) return Fault($"Give the broker's address, for example {example}.");
        if (url.Length > MaxLength) return Fault($"The address is longer than {MaxLength:N0} characters.");
        var end = url.IndexOf("://", StringComparison.Ordinal);
        var scheme = end < 0 ? "" : url[..end].ToLowerInvariant();
        if (!schemes.TryGetValue(scheme, out var port)) return Fault($"The address must begin with {Choices(schemes.Keys)}, for example {example}.");
        var rest = url[(end + 3)..];
        var slash = rest.AsSpan().IndexOfAny('/', '?', '#');
        var (authority, path) = slash < 0 ? (rest, "") : (rest[..slash], rest[slash..]);
        if (authority.Contains('@')) return Fault("Leave user name and password out of the address. They have fields of their own, where they are kept secret.");
        var colon = authority.LastIndexOf(':');
        if (colon > authority.LastIndexOf(']'))
        {
            var digits = authority.AsSpan(colon + 1);
            if (!digits.IsEmpty)
            {
                if (!ushort.TryParse(digits, NumberStyles.None, null, out var given) || given == 0) return Fault("The port must be a number from 1 to 65,535.");
                port = given;
            }
            authority = authority[..colon];
        }
        // The strict rules for hosts are those of http; an unknown scheme would let nearly everything through
        return HostOf(authority) is { } host ? new(scheme, host, port, path) : Fault("The host of this address is no host name. Check its spelling.");

        BrokerAddress? Fault(string message)
        {
            errors.Add(field, message);
            return null;
        }
    }

    private static string? HostOf(string text)
    {
        if (text.Length == 0 || !Uri.TryCreate($"http://{text}/", UriKind.Absolute, out var uri)) return null;
        try
        {
            var host = uri.IdnHost;
            if (IPAddress.TryParse(host.Trim('[', ']'), out _)) return host.Trim('[', ']');
            return Uri.CheckHostName(host) == UriHostNameType.Dns && !host.Contains('%') ? host : null;
        }
        catch (UriFormatException) { return null; }
    }

    private static string Choices(IEnumerable<string> schemes)
    {
        var all = schemes.Select(s => s + "://").ToList();
        return $"{string.Join(", ", all[..^1])} or {all[^1]}";
    }
}
