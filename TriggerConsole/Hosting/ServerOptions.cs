using Microsoft.Extensions.Options;

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

    /// <summary>How long browsers are told to come by https only (HSTS, RFC 6797), over https; zero to say nothing. Default: one year.</summary>
    public TimeSpan HstsMaxAge { get; set; } = TimeSpan.FromDays(365);

    /// <summary>Whether that counts for hosts below this one as well. Default: no.</summary>
    public bool HstsIncludeSubDomains { get; set; }

    /// <summary>Pages and hub connections that are open at the same time. Default: 1,000.</summary>
    public int MaxOpenPages { get; set; } = 1000;

    /// <summary>Of them, those of one user or key. Default: 100.</summary>
    public int MaxOpenPagesPerUser { get; set; } = 100;

    /// <summary>Readers come by https, whatever connection reaches this process.</summary>
    internal bool IsPublicHttps => PublicUrl?.StartsWith("https://", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>Host and port of <see cref="PublicUrl"/> as browsers write them; null without it.</summary>
    internal string? PublicAuthority => Uri.TryCreate(PublicUrl, UriKind.Absolute, out var uri) ? uri.Authority : null;
}

/// <summary>How proxies write down who called them.</summary>
internal enum ForwardedHeader
{
    /// <summary><c>X-Forwarded-For</c>, <c>X-Forwarded-Proto</c>, <c>X-Forwarded-Host</c>.</summary>
    XForwarded,

    /// <summary><c>Forwarded</c> (RFC 7239).</summary>
    Forwarded,
}

/// <summary>Checked at start, every fault at once.</summary>
internal sealed class ServerOptionsRules : IValidateOptions<ServerOptions>
{
    public ValidateOptionsResult Validate(string? name, ServerOptions options)
    {
        var faults = new List<string>();
        if (!string.IsNullOrEmpty(options.PublicUrl) && !IsAddress(options.PublicUrl, out _)) faults.Add($"Server:PublicUrl (\"{options.PublicUrl}\") must be an address such as https://hooks.example.com.");
        for (var i = 0; i < options.AllowedOrigins.Count; i++)
        {
            var origin = options.AllowedOrigins[i];
            if (!IsAddress(origin, out var uri) || uri.AbsolutePath != "/" || uri.Query.Length > 0 || uri.UserInfo.Length > 0 || origin.Contains('*')) faults.Add($"Server:AllowedOrigins:{i} (\"{origin}\") must be an origin such as https://board.example.com: scheme, host and port, without a path and without *.");
        }
        if (options.HstsMaxAge < TimeSpan.Zero) faults.Add($"Server:HstsMaxAge ({options.HstsMaxAge}) must not be negative. Use 0 to turn it off.");
        if (options.MaxOpenPages < 1) faults.Add($"Server:MaxOpenPages ({options.MaxOpenPages}) must be at least 1.");
        if (options.MaxOpenPagesPerUser < 1) faults.Add($"Server:MaxOpenPagesPerUser ({options.MaxOpenPagesPerUser}) must be at least 1.");
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static bool IsAddress(string text, out Uri uri) => Uri.TryCreate(text, UriKind.Absolute, out uri!) && uri.Scheme is "http" or "https" && uri.Host.Length > 0;
}
