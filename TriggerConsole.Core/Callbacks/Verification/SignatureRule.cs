namespace TriggerConsole.Core.Callbacks.Verification;

/// <summary>The hash that an HMAC is made with.</summary>
public enum SignatureAlgorithm
{
    /// <summary>Only for senders that know no other: HMAC-SHA1 is not broken, but no longer recommended.</summary>
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

/// <summary>How the signature is written.</summary>
public enum SignatureEncoding
{
    Hex,
    Base64,
}

/// <summary>
/// How a sender signs its requests with a shared secret (HMAC, RFC 2104): where the signature stands, how it is written, and which
/// bytes it covers.
/// </summary>
public sealed record SignatureRule
{
    public const int MaxHeaderLength = 100;
    public const int MaxContentLength = 200;
    public const int MaxToleranceSeconds = 3600;
    public const int DefaultToleranceSeconds = 300;

    public SignatureAlgorithm Algorithm { get; init; } = SignatureAlgorithm.Sha256;

    /// <summary>The header with the signature: <c>X-Hub-Signature-256</c>.</summary>
    public string Header { get; init; } = "";

    public SignatureEncoding Encoding { get; init; }

    /// <summary>What stands before the signature: <c>sha256=</c>. Case does not count.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>For headers that are a list of names and values (<c>t=…,v1=…</c>): the name of the signature. It may stand there several times; one that fits is enough. Empty: the header is the signature.</summary>
    public string SignatureField { get; init; } = "";

    /// <summary>Which bytes are signed: <c>{body}</c>, with <c>{timestamp}</c>, <c>{id}</c> and plain text round it.</summary>
    public string Content { get; init; } = "{body}";

    /// <summary>The header with the time of sending; empty when there is none, or it stands in <see cref="TimestampField"/>.</summary>
    public string TimestampHeader { get; init; } = "";

    /// <summary>The name of the time within <see cref="Header"/>: <c>t</c>.</summary>
    public string TimestampField { get; init; } = "";

    /// <summary>The header with the message's id.</summary>
    public string IdHeader { get; init; } = "";

    /// <summary>How old, or how far ahead, a request may be, in seconds. Only with a time that is signed.</summary>
    public int ToleranceSeconds { get; init; } = DefaultToleranceSeconds;

    /// <summary>The time of sending is known.</summary>
    public bool HasTimestamp => TimestampHeader.Length > 0 || TimestampField.Length > 0;

    /// <summary>As GitHub signs.</summary>
    public static SignatureRule GitHub { get; } = new() { Header = "X-Hub-Signature-256", Prefix = "sha256=" };

    /// <summary>As Stripe signs.</summary>
    public static SignatureRule Stripe { get; } = new() { Header = "Stripe-Signature", SignatureField = "v1", TimestampField = "t", Content = "{timestamp}.{body}" };

    /// <summary>As Slack signs.</summary>
    public static SignatureRule Slack { get; } = new() { Header = "X-Slack-Signature", Prefix = "v0=", TimestampHeader = "X-Slack-Request-Timestamp", Content = "v0:{timestamp}:{body}" };

    /// <summary>As Shopify signs.</summary>
    public static SignatureRule Shopify { get; } = new() { Header = "X-Shopify-Hmac-Sha256", Encoding = SignatureEncoding.Base64 };
}
