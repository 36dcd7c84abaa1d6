using System.Net;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using TriggerConsole.Core.Secrets;
using TriggerConsole.Core.Templates;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Callbacks.Verification;

/// <summary>The check of each callback, prepared when it is first needed and kept as long as the callback stays as it is.</summary>
internal sealed class CallbackGuards(SecretProtector protector, ISecretValues secrets)
{
    // By instance: the directory puts in a new one for each change
    private readonly ConditionalWeakTable<Callback, CallbackGuard> _guards = [];

    public CallbackGuard Of(Callback callback) => _guards.GetValue(callback, Prepare);

    /// <summary>What was stored, secrets put in; null for a callback that goes by its token.</summary>
    public CallbackVerification? Restore(Callback callback)
        => callback.Verification is { } stored ? protector.Open(JsonSerializer.Deserialize<CallbackVerification>(stored, CoreJson.Options)!, callback.ProtectedSecrets) : null;

    /// <summary>Writes it into the row, secrets encrypted and apart.</summary>
    public void Store(Callback callback, CallbackVerification? verification)
        => (callback.Verification, callback.ProtectedSecrets) = verification is null or { Kind: VerificationKind.Token } ? (null, null) : protector.Seal(verification);

    private CallbackGuard Prepare(Callback callback)
        => new(Restore(callback), [.. callback.NetworkList.Select(Networks.Read).OfType<IPNetwork>()], secrets);
}

/// <summary>Checks the requests to one callback that does not go by its token alone.</summary>
internal sealed class CallbackGuard(CallbackVerification? verification, IReadOnlyList<IPNetwork> networks, ISecretValues secrets)
{
    private const string Basic = "Basic ";
    private const int MaxAuthorizationLength = 2048;

    private static readonly IngressRefusal s_network = new(403, "network_not_allowed", "This callback takes requests from named networks only, and this address is in none of them.");
    private static readonly IngressRefusal s_credentialsMissing = new(401, "credentials_missing", "This callback needs a user name and a password (HTTP Basic).");
    private static readonly IngressRefusal s_credentialsWrong = new(401, "credentials_wrong", "The user name or the password is not the one of this callback.");

    private readonly SignatureVerifier? _verifier = verification?.Kind switch
    {
        VerificationKind.Hmac => SignatureVerifier.Create(verification.Signature ?? new(), out _),
        VerificationKind.StandardWebhooks => SignatureVerifier.Standard(verification.ToleranceSeconds),
        _ => null,
    };

    public VerificationKind Kind => verification?.Kind ?? VerificationKind.Token;

    /// <summary>Null when the sender's address may come here.</summary>
    public IngressRefusal? CheckAddress(IPAddress? address) => networks.Admits(address) ? null : s_network;

    /// <summary>Null when the credentials are right, or are looked at with the body.</summary>
    public IngressRefusal? CheckCredentials(string? authorization, DateTimeOffset now)
    {
        if (verification is not { Kind: VerificationKind.Basic }) return null;
        if (authorization is null || !authorization.StartsWith(Basic, StringComparison.OrdinalIgnoreCase)) return s_credentialsMissing;
        if (authorization.Length > MaxAuthorizationLength) return s_credentialsWrong;
        Span<byte> shown = stackalloc byte[MaxAuthorizationLength];
        if (!Convert.TryFromBase64String(authorization[Basic.Length..].Trim(), shown, out var length)) return s_credentialsWrong;
        var isRight = false;
        // Hashed first: comparing takes the same time whatever the lengths
        var hash = SHA256.HashData(shown[..length]);
        foreach (var password in Secrets(now))
            isRight |= CryptographicOperations.FixedTimeEquals(hash, SHA256.HashData(Encoding.UTF8.GetBytes($"{verification.Username}:{password}")));
        return isRight ? null : s_credentialsWrong;
    }

    /// <summary>Null when the signature fits, or none is asked for. <paramref name="replayKey"/> marks a message that is taken once.</summary>
    public IngressRefusal? CheckSignature(Func<string, string?> header, ReadOnlySpan<byte> body, DateTimeOffset now, out string? replayKey)
    {
        replayKey = null;
        if (Kind is VerificationKind.Token or VerificationKind.Basic) return null;
        // Settings of another version of TriggerConsole; ours are checked when they are saved
        if (_verifier is null) return new(401, "signature_wrong", "The signature cannot be checked: the rule of this callback cannot be read.");
        var verdict = _verifier.Verify(header, body, [.. Secrets(now).Select(Bytes).OfType<byte[]>()], now, verification!.RefuseReplays);
        if (!verdict.IsValid) return new(401, verdict.Reason!, verdict.Message!);
        replayKey = verdict.ReplayKey;
        return null;
    }

    // A named secret is looked up each time: it may change without the callback
    private IEnumerable<string> Secrets(DateTimeOffset now)
    {
        foreach (var current in Resolve(verification!.Current, now)) yield return current;
        if (verification.PreviousUntil > now)
            foreach (var previous in Resolve(verification.Previous, now)) yield return previous;
    }

    // The secret itself, or the values that a named one has now: two during the overlap of its own
    private IEnumerable<string> Resolve(string? secret, DateTimeOffset now)
    {
        if (string.IsNullOrEmpty(secret)) yield break;
        if (SecretFields.NameIn(secret) is not { } name)
        {
            yield return secret;
            yield break;
        }
        secrets.Used(name);
        if (secrets.Find(name) is { Length: > 0 } value) yield return value;
        if (secrets.FindPrevious(name, now) is { Length: > 0 } before) yield return before;
    }

    private byte[]? Bytes(string secret) => Kind == VerificationKind.StandardWebhooks ? SignatureVerifier.StandardSecret(secret) : Encoding.UTF8.GetBytes(secret);
}
