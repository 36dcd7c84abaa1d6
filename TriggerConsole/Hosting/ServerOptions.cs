namespace TriggerConsole.Hosting;

/// <summary>Settings of the server itself, section <c>Server</c>.</summary>
internal sealed class ServerOptions
{
    public const string SectionName = "Server";

    /// <summary>The address people reach it by, when that is not the one requests come in on: <c>https://hooks.example.com</c>. Default: taken from the request.</summary>
    public string? PublicUrl { get; set; }

    /// <summary>Origins of other sites whose pages may use the hub and the API with an API key: <c>https://board.example.com</c>. Default: none.</summary>
    public IList<string> AllowedOrigins { get; } = [];

    /// <summary>Networks and addresses of the proxies before this server, whose word on the caller's address counts: <c>10.20.30.40</c>. Default: none.</summary>
    public IList<string> TrustedProxies { get; init; } = [];

    /// <summary>Which header they write. Only that one is read: they pass the other on as their caller sent it. Default: <c>X-Forwarded-For</c> and its like.</summary>
    public ForwardedHeader ForwardedBy { get; set; } = ForwardedHeader.XForwarded;

    /// <summary>Whether they set or remove <c>X-Forwarded-Host</c>; else anyone could say under which name he calls. Default: no.</summary>
    public bool TrustForwardedHost { get; set; }
}

/// <summary>How proxies write down who called them.</summary>
internal enum ForwardedHeader
{
    /// <summary><c>X-Forwarded-For</c>, <c>X-Forwarded-Proto</c>, <c>X-Forwarded-Host</c>.</summary>
    XForwarded,

    /// <summary><c>Forwarded</c> (RFC 7239).</summary>
    Forwarded,
}
