using TriggerConsole.Core.Secrets;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Callbacks.Verification;

/// <summary>What may be said about how a callback checks its senders.</summary>
internal static class VerificationRules
{
    /// <param name="errors">Collects faults by field, below <c>verification</c>.</param>
    public static void Check(CallbackVerification verification, FieldErrors errors)
    {
        switch (verification.Kind)
        {
            case VerificationKind.Basic:
                if (verification.Username is not { Length: > 0 and <= CallbackVerification.MaxUsernameLength } || verification.Username.Contains(':'))
                    errors.Add("username", $"Give a user name of 1 to {CallbackVerification.MaxUsernameLength} characters without a colon.");
                CheckSecret(verification.Password, "password", errors);
                break;
            case VerificationKind.Hmac:
                CheckSecret(verification.Secret, "secret", errors);
                if (verification.Signature is not { } rule) errors.Add("signature", "Say where the signature stands and what it covers.");
                else Check(rule, errors.Under("signature"));
                break;
            case VerificationKind.StandardWebhooks:
                CheckSecret(verification.Secret, "secret", errors);
                if (verification.Secret is { Length: > 0 } secret && !SecretFields.IsPlaceholder(secret) && SignatureVerifier.StandardSecret(secret) is null)
                    errors.Add("secret", "A Standard Webhooks secret is whsec_ followed by base64 of 24 to 64 bytes. Copy it from the sender's page.");
                CheckTolerance(verification.ToleranceSeconds, errors);
                break;
        }
    }

    private static void Check(SignatureRule rule, FieldErrors errors)
    {
        if (rule.Header.Length > SignatureRule.MaxHeaderLength || !rule.Header.All(IsHeaderCharacter)) errors.Add("header", "Give the name of a header, for example X-Hub-Signature-256.");
        if (!rule.TimestampHeader.All(IsHeaderCharacter) || rule.TimestampHeader.Length > SignatureRule.MaxHeaderLength) errors.Add("timestampHeader", "Give the name of a header, or leave it empty.");
        if (!rule.IdHeader.All(IsHeaderCharacter) || rule.IdHeader.Length > SignatureRule.MaxHeaderLength) errors.Add("idHeader", "Give the name of a header, or leave it empty.");
        foreach (var (field, text) in new[] { ("prefix", rule.Prefix), ("signatureField", rule.SignatureField), ("timestampField", rule.TimestampField) })
            if (text.Length > SignatureRule.MaxHeaderLength) errors.Add(field, $"Use at most {SignatureRule.MaxHeaderLength} characters.");
        if (rule.Content.Length > SignatureRule.MaxContentLength) errors.Add("content", $"Use at most {SignatureRule.MaxContentLength} characters.");
        if (rule.HasTimestamp) CheckTolerance(rule.ToleranceSeconds, errors);
        if (rule.TimestampHeader.Length > 0 && rule.TimestampField.Length > 0) errors.Add("timestampField", "The time stands either in a header of its own or in the signature's header, not in both.");
        if (SignatureVerifier.Create(rule, out var problem) is null) errors.Add(rule.Header.Length == 0 ? "header" : "content", problem!);
    }

    private static void CheckSecret(string? secret, string field, FieldErrors errors)
    {
        if (string.IsNullOrEmpty(secret)) errors.Add(field, "Enter the secret that you share with the sender, or name a kept one: {secret:NAME}.");
        else if (secret.Length > CallbackVerification.MaxSecretLength) errors.Add(field, $"Use at most {CallbackVerification.MaxSecretLength} characters.");
    }

    private static void CheckTolerance(int seconds, FieldErrors errors)
    {
        if (seconds is < 1 or > SignatureRule.MaxToleranceSeconds) errors.Add("toleranceSeconds", $"Give 1 to {SignatureRule.MaxToleranceSeconds:N0} seconds; 300 is usual.");
    }

    // RFC 9110 section 5.6.2
    private static bool IsHeaderCharacter(char c) => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal);
}
