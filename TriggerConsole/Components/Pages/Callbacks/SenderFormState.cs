using System.Globalization;
using System.Text.Json;
using TriggerConsole.Components.Controls.Templates;
using TriggerConsole.Core;
using TriggerConsole.Core.Callbacks.Verification;

namespace TriggerConsole.Components.Pages.Callbacks;

/// <summary>How senders are checked, as the form of a callback holds it: well-known senders by name, any other signature by its parts.</summary>
public sealed class SenderFormState
{
    public const string Token = "token";
    public const string Basic = "basic";
    public const string Standard = "standardWebhooks";
    public const string Other = "hmac";
    private const string Kept = "\u001ekept";

    private static readonly (string Choice, SignatureRule Rule)[] s_known =
        [("github", SignatureRule.GitHub), ("stripe", SignatureRule.Stripe), ("slack", SignatureRule.Slack), ("shopify", SignatureRule.Shopify)];

    /// <summary>What the form offers, in its order.</summary>
    public static IReadOnlyList<(string Choice, string Name, string Help)> Choices { get; } =
    [
        (Token, "Token of this callback", "The sender shows the token that you get when the callback is made. Use it when you can choose what the sender sends."),
        (Standard, "Standard Webhooks", "For senders that say “Standard Webhooks” or “Svix”: they sign each message, and you enter their secret here."),
        ("github", "GitHub", "Enter the same secret here and in the repository under Settings → Webhooks."),
        ("stripe", "Stripe", "Copy the signing secret from the webhook's page at Stripe."),
        ("slack", "Slack", "Copy the signing secret from the app's page at Slack, Basic Information."),
        ("shopify", "Shopify", "Copy the secret from Settings → Notifications → Webhooks at Shopify."),
        (Other, "Another signature (HMAC)", "For senders that sign the body with a shared secret in a way of their own; their guide says how."),
        (Basic, "User name and password", "For senders that know no other way (HTTP Basic). Use it with https alone."),
    ];

    public string Choice { get; set; } = Token;

    public string Username { get; set; } = "";

    public SecretText Password { get; private set; } = new();

    public SecretText Secret { get; private set; } = new();

    public string Header { get; set; } = "X-Signature";

    public SignatureAlgorithm Algorithm { get; set; } = SignatureAlgorithm.Sha256;

    public SignatureEncoding Encoding { get; set; }

    public string Prefix { get; set; } = "";

    public string Content { get; set; } = "{body}";

    public string TimestampHeader { get; set; } = "";

    public string Tolerance { get; set; } = SignatureRule.DefaultToleranceSeconds.ToString(CultureInfo.InvariantCulture);

    /// <summary>One network or address to a line.</summary>
    public string Networks { get; set; } = "";

    public bool IsSigned => Choice is not (Token or Basic);

    public string Help => Choices.First(c => c.Choice == Choice).Help;

    /// <param name="verification">As the API shows it.</param>
    public static SenderFormState Of(JsonElement verification, IReadOnlyList<string> networks)
    {
        var stored = verification.Deserialize<CallbackVerification>(CoreJson.Options) ?? new();
        var state = new SenderFormState
        {
            Choice = ChoiceOf(stored),
            Username = stored.Username ?? "",
            Password = SecretText.Read(verification, "password"),
            Secret = SecretText.Read(verification, "secret"),
            Networks = string.Join('\n', networks),
            Tolerance = stored.ToleranceSeconds.ToString(CultureInfo.InvariantCulture),
        };
        if (stored.Signature is { } rule)
        {
            (state.Header, state.Algorithm, state.Encoding, state.Prefix, state.Content, state.TimestampHeader) = (rule.Header, rule.Algorithm, rule.Encoding, rule.Prefix, rule.Content, rule.TimestampHeader);
            state.Tolerance = rule.ToleranceSeconds.ToString(CultureInfo.InvariantCulture);
            state._rest = rule;
        }
        return state;
    }

    // What the form has no field for (fields within the header, the id's header), so that it is kept
    private SignatureRule _rest = new();

    public CallbackVerification ToVerification()
    {
        // What is no number is answered by the command, in its words
        var tolerance = int.TryParse(Tolerance.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : -1;
        return Choice switch
        {
            Token => new(),
            Basic => new() { Kind = VerificationKind.Basic, Username = Username.Trim(), Password = Password.ToSettings() },
            Standard => new() { Kind = VerificationKind.StandardWebhooks, Secret = Secret.ToSettings()?.Trim(), ToleranceSeconds = tolerance },
            Other => new()
            {
                Kind = VerificationKind.Hmac,
                Secret = Secret.ToSettings(),
                Signature = _rest with { Header = Header.Trim(), Algorithm = Algorithm, Encoding = Encoding, Prefix = Prefix.Trim(), Content = Content, TimestampHeader = TimestampHeader.Trim(), ToleranceSeconds = tolerance },
            },
            var known => new() { Kind = VerificationKind.Hmac, Secret = Secret.ToSettings()?.Trim(), Signature = s_known.First(k => k.Choice == known).Rule },
        };
    }

    public IReadOnlyList<string> ToNetworks() => Networks.Split(['\n', ','], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>All that was typed, to tell whether something changed.</summary>
    public string Snapshot() => string.Join('\u001f', Choice, Username, Password.ToSettings() ?? Kept, Secret.ToSettings() ?? Kept, Header, Algorithm, Encoding, Prefix, Content, TimestampHeader, Tolerance, Networks);

    /// <summary>How senders are checked, in a few words.</summary>
    public static string InWords(JsonElement verification)
    {
        var stored = verification.Deserialize<CallbackVerification>(CoreJson.Options) ?? new();
        var choice = ChoiceOf(stored);
        return choice == Other ? $"Signature in {stored.Signature!.Header}" : Choices.First(c => c.Choice == choice).Name;
    }

    private static string ChoiceOf(CallbackVerification stored) => stored.Kind switch
    {
        VerificationKind.Basic => Basic,
        VerificationKind.StandardWebhooks => Standard,
        VerificationKind.Hmac => Array.Find(s_known, k => k.Rule == stored.Signature).Choice ?? Other,
        _ => Token,
    };
}
