using System.Buffers;
using System.Net;
using TriggerConsole.Core.Templates;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Secrets;

/// <summary>The hosts that a named secret may be sent to: names, addresses, and all names below one (<c>*.crm.example</c>).</summary>
internal sealed class SecretHosts
{
    public const int Most = 50;

    private static readonly SearchValues<char> s_noHost = SearchValues.Create("/:?#@,* ");

    private readonly string[] _hosts;

    private SecretHosts(string[] hosts) => _hosts = hosts;

    public static SecretHosts Anywhere { get; } = new([]);

    public IReadOnlyList<string> List => _hosts;

    public string Text => string.Join(',', _hosts);

    public static SecretHosts Of(string stored) => stored.Length == 0 ? Anywhere : new(stored.Split(','));

    /// <summary>Reads what people write; faults go to <paramref name="errors"/>.</summary>
    public static SecretHosts Read(IReadOnlyList<string> texts, FieldErrors errors)
    {
        var hosts = new List<string>();
        for (var i = 0; i < texts.Count; i++)
        {
            if (Normalise(texts[i]) is { } host) hosts.Add(host);
            else errors.Add($"allowedHosts[{i}]", "Give a host without scheme, port or path, for example crm.example, *.crm.example or 192.0.2.7.");
        }
        var distinct = hosts.Distinct(StringComparer.Ordinal).ToArray();
        if (distinct.Length > Most || distinct.Sum(h => h.Length + 1) > Secret.MaxHostsLength) errors.Add("allowedHosts", $"Give at most {Most} hosts, with {Secret.MaxHostsLength:N0} characters in all.");
        return new(distinct);
    }

    /// <param name="host">As the name service takes it; an IPv6 address with or without brackets.</param>
    public bool Allow(string host)
    {
        if (_hosts.Length == 0) return true;
        host = host.Trim('[', ']').TrimEnd('.');
        foreach (var allowed in _hosts)
        {
            if (allowed.StartsWith("*.", StringComparison.Ordinal)
                ? host.Length > allowed.Length - 1 && host.EndsWith(allowed[1..], StringComparison.OrdinalIgnoreCase) && !IPAddress.TryParse(host, out _)
                : host.Equals(allowed, StringComparison.OrdinalIgnoreCase)) return true;
        }
        return false;
    }

    /// <summary>Refuses a message in which a secret would go to a host that it is not for; called before anything is sent.</summary>
    /// <exception cref="TemplateException"/>
    public static void Check(IEnumerable<string> names, string host, ISecretValues secrets)
    {
        foreach (var name in names)
            if (!secrets.MayGoTo(name, host)) throw new TemplateException(TemplateException.SecretNotForHost, Refusal(name, host));
    }

    public static string Refusal(string name, string host)
        => $"The secret {name} is not for the host {host}, so nothing was sent. An administrator can change where it may go under Settings, Secrets.";

    private static string? Normalise(string? text)
    {
        var host = (text ?? "").Trim();
        var isBelow = host.StartsWith("*.", StringComparison.Ordinal);
        if (isBelow) host = host[2..];
        host = host.TrimEnd('.');
        if (host.Length is 0 or > 253) return null;
        if (IPAddress.TryParse(host.Trim('[', ']'), out var address)) return isBelow ? null : address.ToString();
        if (host.AsSpan().ContainsAny(s_noHost) || !Uri.TryCreate($"http://{host}/", UriKind.Absolute, out var uri)) return null;
        try
        {
            var name = uri.IdnHost.ToLowerInvariant();
            // A name in other letters, or an address in another spelling, must be what the connection will say
            if (Uri.CheckHostName(name) != UriHostNameType.Dns) return isBelow || Uri.CheckHostName(name) == UriHostNameType.Unknown ? null : name.Trim('[', ']');
            return isBelow ? "*." + name : name;
        }
        catch (UriFormatException) { return null; }
    }
}
