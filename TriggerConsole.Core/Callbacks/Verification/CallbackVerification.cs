using System.Text.Json.Serialization;
using TriggerConsole.Core.Secrets;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Callbacks.Verification;

/// <summary>How senders show that they are who they say.</summary>
[JsonConverter(typeof(CamelCaseEnum<VerificationKind>))]
public enum VerificationKind
{
    /// <summary>The callback's own token, in a header or in the address.</summary>
    Token,

    /// <summary>User name and password (RFC 7617).</summary>
    Basic,

    /// <summary>A signature over the body with a shared secret (RFC 2104), as <see cref="CallbackVerification.Signature"/> says.</summary>
    Hmac,

    /// <summary>Signatures by standardwebhooks.com.</summary>
    StandardWebhooks,
}

/// <summary>How one callback checks its senders. The secrets are stored encrypted and never shown again.</summary>
public sealed record CallbackVerification : ISecretHolder
{
    public const int MaxSecretLength = 500;
    public const int MaxUsernameLength = 200;

    public VerificationKind Kind { get; init; }

    /// <summary>For <see cref="VerificationKind.Basic"/>.</summary>
    public string? Username { get; init; }

    [SecretField] public string? Password { get; init; }

    /// <summary>For <see cref="VerificationKind.Hmac"/>.</summary>
    public SignatureRule? Signature { get; init; }

    /// <summary>The shared secret: text for <see cref="VerificationKind.Hmac"/>, <c>whsec_…</c> for <see cref="VerificationKind.StandardWebhooks"/>.</summary>
    [SecretField] public string? Secret { get; init; }

    /// <summary>The secret or password before the last change; senders may use it until <see cref="PreviousUntil"/>.</summary>
    [SecretField] public string? Previous { get; init; }

    /// <summary>Set by the server.</summary>
    public DateTimeOffset? PreviousUntil { get; init; }

    /// <summary>For <see cref="VerificationKind.StandardWebhooks"/>: how old, or how far ahead, a request may be, in seconds.</summary>
    public int ToleranceSeconds { get; init; } = SignatureRule.DefaultToleranceSeconds;

    /// <summary>Takes a signed message once: sent a second time within the time that idempotency keys are remembered, it is answered as accepted, and nothing runs again.</summary>
    public bool RefuseReplays { get; init; } = true;

    bool ISecretHolder.Uses(string property) => property switch
    {
        nameof(Password) => Kind == VerificationKind.Basic,
        nameof(Secret) => Kind is VerificationKind.Hmac or VerificationKind.StandardWebhooks,
        _ => Kind != VerificationKind.Token,
    };

    /// <summary>The same without the secret before: it belongs to the server and to no input or file.</summary>
    internal CallbackVerification WithoutPrevious => this with { Previous = null, PreviousUntil = null };

    /// <summary>The password or secret in use.</summary>
    internal string? Current => Kind == VerificationKind.Basic ? Password : Secret;
}
