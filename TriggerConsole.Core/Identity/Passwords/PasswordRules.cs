namespace TriggerConsole.Core.Identity.Passwords;

/// <summary>
/// What a password must be: long, and not what is tried first. No rules about capitals and signs, which make passwords worse (NIST SP
/// 800-63B section 3.1.1.2).
/// </summary>
internal static class PasswordRules
{
    /// <summary>Characters that a password has at least.</summary>
    public const int MinLength = 10;

    private const int LeastDifferent = 4;

    // Shorter ones stand in too many words
    private const int ShortestName = 4;

    private static readonly string[] s_keys = ["none", "long", "short", "few", "product", "name", "common", "same"];
    private static readonly string[] s_product = ["triggerconsole", "trigger console"];

    /// <summary>What is wrong with a new password, in a sentence; null when nothing is.</summary>
    /// <param name="password">As it was typed.</param>
    /// <param name="email">Of its user.</param>
    /// <param name="name">Of its user.</param>
    public static string? Fault(string? password, string? email, string? name = null)
    {
        return KeyOf(password, email, name) is { } key ? WordsOf(key) : null;
    }

    /// <summary>A word for a fault, which an address can carry; <see cref="WordsOf"/> says it in a sentence. Null when there is none.</summary>
    public static string? KeyOf(string? password, string? email, string? name = null)
    {
        if (string.IsNullOrEmpty(password)) return "none";
        if (password.Length > PasswordText.MaxLength) return "long";
        if (PasswordText.Length(password) < MinLength) return "short";
        if (password.EnumerateRunes().Distinct().Count() < LeastDifferent) return "few";
        if (s_product.Any(p => password.Contains(p, StringComparison.OrdinalIgnoreCase))) return "product";
        if (NamesOf(email, name).Any(n => password.Contains(n, StringComparison.OrdinalIgnoreCase))) return "name";
        return CommonPasswords.IsCommon(password) ? "common" : null;
    }

    /// <summary>Whether a fault is about what others would try, and not about the password's length or letters.</summary>
    public static bool IsGuessable(string? key) => key is "product" or "name" or "common";

    /// <summary>The sentence for a fault; null for a word that is none.</summary>
    public static string? WordsOf(string? key) => key switch
    {
        "none" => "Give a password.",
        "long" => $"A password has at most {PasswordText.MaxLength} characters.",
        "short" => $"A password has at least {MinLength} characters. A sentence of a few words is easy to keep in mind.",
        "few" => $"A password needs at least {LeastDifferent} different characters.",
        "product" => "The name of this product is the first thing that others would try. Leave it out of the password.",
        "name" => "Your name or e-mail address is the first thing that others would try. Leave it out of the password.",
        "common" => "This password is made of what others would try first: common words, rows of the keyboard, digits in their order. Take a few words that do not belong together.",
        "same" => "This is your present password. Choose another one.",
        _ => null,
    };

    /// <summary>From the sentence back to the word.</summary>
    public static string? KeyOfWords(string words) => s_keys.FirstOrDefault(k => WordsOf(k) == words);

    private static IEnumerable<string> NamesOf(string? email, string? name)
    {
        var local = email?.Split('@')[0] ?? "";
        return ((string?[])[email, local, name, .. local.Split('.', '-', '_', '+'), .. name?.Split(' ') ?? []]).Where(n => n?.Length >= ShortestName).Select(n => n!);
    }
}
