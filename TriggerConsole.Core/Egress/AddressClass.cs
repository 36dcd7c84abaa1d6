namespace TriggerConsole.Core.Egress;

/// <summary>What kind of place an IP address is, as far as calling it is concerned.</summary>
public enum AddressClass
{
    /// <summary>A global unicast address: anybody's server.</summary>
    Public,

    /// <summary><c>0.0.0.0/8</c> and <c>::</c>: "this host", which Linux takes for loopback.</summary>
    Unspecified,

    /// <summary><c>127.0.0.0/8</c> and <c>::1</c>: the machine TriggerConsole runs on.</summary>
    Loopback,

    /// <summary>RFC 1918: <c>10/8</c>, <c>172.16/12</c>, <c>192.168/16</c>.</summary>
    Private,

    /// <summary>RFC 6598: <c>100.64.0.0/10</c>, the inside of a provider's network.</summary>
    CarrierGradeNat,

    /// <summary>RFC 3927 and RFC 4291: <c>169.254/16</c> and <c>fe80::/10</c>.</summary>
    LinkLocal,

    /// <summary>An address at which a cloud hands out its machines' credentials.</summary>
    Metadata,

    /// <summary><c>224/4</c> and <c>ff00::/8</c>.</summary>
    Multicast,

    /// <summary>Set aside by IANA, or not given out yet.</summary>
    Reserved,

    /// <summary>RFC 2544 and RFC 5180: <c>198.18/15</c>, <c>2001:2::/48</c>.</summary>
    Benchmarking,

    /// <summary>RFC 5737, RFC 3849, RFC 9637: addresses for books and examples.</summary>
    Documentation,

    /// <summary>RFC 4193: <c>fc00::/7</c>.</summary>
    UniqueLocal,

    /// <summary>RFC 3879: <c>fec0::/10</c>, the deprecated private range of IPv6.</summary>
    SiteLocal,

    /// <summary>An address and port at which this TriggerConsole listens itself.</summary>
    OwnServer,
}

internal static class AddressClasses
{
    /// <summary>"a loopback address": for sentences people read.</summary>
    public static string InWords(this AddressClass addressClass) => addressClass switch
    {
        AddressClass.Public => "a public address",
        AddressClass.Unspecified => "an unspecified address",
        AddressClass.Loopback => "a loopback address",
        AddressClass.Private => "a private address",
        AddressClass.CarrierGradeNat => "a carrier-grade NAT address",
        AddressClass.LinkLocal => "a link-local address",
        AddressClass.Metadata => "a cloud metadata address",
        AddressClass.Multicast => "a multicast address",
        AddressClass.Benchmarking => "a benchmarking address",
        AddressClass.Documentation => "a documentation address",
        AddressClass.UniqueLocal => "a private address (unique local)",
        AddressClass.SiteLocal => "a private address (site-local)",
        AddressClass.OwnServer => "this TriggerConsole itself",
        _ => "a reserved address",
    };
}
