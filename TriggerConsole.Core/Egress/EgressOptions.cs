using Microsoft.Extensions.Options;

namespace TriggerConsole.Core.Egress;

/// <summary>Where TriggerConsole may connect to. What is denied wins over what is allowed, whatever the order.</summary>
public sealed class EgressOptions
{
    public const string SectionName = "Egress";

    /// <summary>
    /// Names for networks, so that the two lists below can be read: <c>warehouse = 10.20.0.0/16, fd12:3::/48</c>. A name is made of
    /// letters, digits, <c>-</c> and <c>_</c>, and begins with a letter. Default: none.
    /// </summary>
    public IDictionary<string, string> Networks { get; init; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// What may be called although it is not public: networks (<c>10.20.0.0/16</c>), single addresses (<c>10.20.30.40</c>,
    /// <c>::1</c>) and names of <see cref="Networks"/>; with <c>ports 443,8000-8999</c> after it, only on these. Default: none.
    /// <para>A wide entry never opens the dangerous places by accident: a link-local address is allowed only by an entry that
    /// lies wholly inside <c>169.254.0.0/16</c> or <c>fe80::/10</c>, a cloud metadata address only by its own single entry.
    /// <c>0.0.0.0/0</c> opens neither.</para>
    /// </summary>
    public IList<string> AllowedNetworks { get; init; } = [];

    /// <summary>
    /// What may not be called, public or not: entries as in <see cref="AllowedNetworks"/>. Counts for IPv6 addresses that lead to a
    /// denied IPv4 address as well. Default: none.
    /// </summary>
    public IList<string> DeniedNetworks { get; init; } = [];

    /// <summary>
    /// The ports that may be called: <c>443</c> or <c>8000-8999</c>. An entry of <see cref="AllowedNetworks"/> that names ports of its
    /// own does not need them here. Default: all.
    /// </summary>
    public IList<string> AllowedPorts { get; init; } = [];

    /// <summary>Whether triggers may call this very server, its echo endpoint for example. Default: no; Development: yes.</summary>
    public bool AllowOwnServer { get; init; }
}

/// <summary>Checked at start, every fault at once.</summary>
internal sealed class EgressOptionsRules : IValidateOptions<EgressOptions>
{
    public ValidateOptionsResult Validate(string? name, EgressOptions options)
    {
        var faults = EgressRules.Read(options).Faults;
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
