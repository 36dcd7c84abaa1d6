using System.Net;

namespace TriggerConsole.Core.Egress;

/// <summary>What the policy says of one address.</summary>
/// <param name="Address">The address as it was judged: IPv4-mapped ones as IPv4.</param>
/// <param name="Class">Its class, or the class of the address it carries when that is the reason for the refusal.</param>
/// <param name="Carried">The IPv4 address inside that is the reason, when there is one.</param>
internal sealed record EgressVerdict(IPAddress Address, AddressClass Class, bool IsAllowed, IPAddress? Carried = null)
{
    /// <summary>The entry of <see cref="EgressOptions.DeniedNetworks"/> that is the reason.</summary>
    public string? Denied { get; init; }

    /// <summary>The port that is the reason: the address itself may be called.</summary>
    public int? Port { get; init; }

    /// <summary>With <see cref="Port"/>: the entry that allows others; null when they are those of <see cref="EgressOptions.AllowedPorts"/>.</summary>
    public string? Entry { get; init; }

    private string What => Carried is null ? $"{Address}" : $"{Address} leads to {Carried}";

    /// <summary>Why, and what can be done about it; for a refused address.</summary>
    public string Reason
    {
        get
        {
            const string section = EgressOptions.SectionName;
            if (Denied is not null) return $"{What}, which {section}:{nameof(EgressOptions.DeniedNetworks)} ({Denied}) forbids to call.";
            if (Port is not null && Entry is not null) return $"{Address} may be called, but not on port {Port}: {EgressPolicy.SettingName} says {Entry}. If this is meant, an administrator can add the port there.";
            if (Port is not null) return $"Port {Port} may not be called. If this is meant, an administrator can add it to {section}:{nameof(EgressOptions.AllowedPorts)}.";
            var what = Carried is null ? $"{Address} is {Class.InWords()}" : $"{What}, {Class.InWords()}";
            if (Class == AddressClass.OwnServer) return $"{what}, which triggers do not call. If this is meant (the echo endpoint, say), an administrator can set {section}:{nameof(EgressOptions.AllowOwnServer)}.";
            return Class is AddressClass.Metadata or AddressClass.LinkLocal
                ? $"{what}, and those are not called. An administrator can name the exact address under {EgressPolicy.SettingName}."
                : $"{what}, and those are not called. If this is meant, an administrator can name the network under {EgressPolicy.SettingName}.";
        }
    }
}
