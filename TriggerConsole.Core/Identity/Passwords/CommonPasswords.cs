using System.Collections.Frozen;
using System.Text;

namespace TriggerConsole.Core.Identity.Passwords;

/// <summary>
/// Passwords that are tried first. Not a list of leaked ones, but the rules by which most of those are made: a common word or two with
/// digits round them and letters put differently, rows of a keyboard, runs of the alphabet, a short piece repeated.
/// </summary>
internal static class CommonPasswords
{
    /// <summary>What a letter counts that is a password's own; a digit or sign counts one.</summary>
    private const int LetterWeight = 4;

    /// <summary>What a password must have of its own: four letters, sixteen digits, or something between.</summary>
    private const int LeastOwn = 4 * LetterWeight;

    private const int ShortestRun = 4;

    private static readonly string[] s_rows =
    [
        "abcdefghijklmnopqrstuvwxyz", "01234567890", "1234567890", "qwertyuiopasdfghjklzxcvbnm", "qwertzuiopasdfghjklyxcvbnm", "azertyuiopqsdfghjklmwxcvbn",
        "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p", "1q2w3e4r5t6y7u8i9o0p", "qaywsxedcrfvtgbzhnujmikolp", "zaq1xsw2cde3vfr4bgt5nhy6mju7", "qazwsxedcrfvtgbyhnujmikolp",
    ];

    private static readonly FrozenSet<string> s_words = new[]
    {
        "password", "passwort", "passwd", "passphrase", "passcode", "pass", "word", "motdepasse", "contrasena", "parola", "senha", "wachtwoord", "kennwort", "geheim", "secret", "secrets", "sesame",
        "admin", "administrator", "administrateur", "root", "toor", "user", "username", "guest", "test", "testing", "tester", "demo", "default", "system", "server", "login", "logon", "signin", "account",
        "access", "change", "changeme", "changeit", "please", "letmein", "welcome", "willkommen", "bienvenue", "hello", "hallo", "bonjour", "hola", "iloveyou", "love", "lovely", "you", "me", "my", "the",
        "is", "in", "it", "and", "one", "two", "master", "superuser", "super", "manager", "office", "company", "business", "internet", "computer", "windows", "microsoft", "google", "facebook", "linkedin",
        "samsung", "apple", "iphone", "android", "monkey", "dragon", "shadow", "sunshine", "princess", "football", "baseball", "basketball", "soccer", "hockey", "superman", "batman", "spiderman",
        "starwars", "pokemon", "naruto", "michael", "jennifer", "jessica", "ashley", "daniel", "charlie", "thomas", "andrew", "jordan", "robert", "matthew", "summer", "winter", "spring", "autumn", "sommer",
        "fruehling", "herbst", "january", "february", "march", "april", "june", "july", "august", "september", "october", "november", "december", "monday", "tuesday", "wednesday", "thursday", "friday",
        "saturday", "sunday", "freedom", "whatever", "trustno", "killer", "hunter", "ranger", "buster", "tigger", "pepper", "ginger", "cookie", "flower", "cheese", "chocolate", "banana", "orange", "purple",
        "yellow", "silver", "golden", "diamond", "mustang", "ferrari", "mercedes", "porsche", "harley", "corvette", "liverpool", "arsenal", "chelsea", "barcelona", "bayern", "germany", "deutschland",
        "berlin", "hamburg", "muenchen", "schatz", "schalke", "america", "london", "paris", "newyork", "qwerty", "qwertz", "azerty", "asdf", "asdfgh", "zxcvbn", "yxcvbn", "qaz", "wsx", "abc", "abcd", "xyz",
        "foo", "bar", "foobar", "secure", "security", "safe", "private", "family", "forever", "friends", "music", "angel", "jesus", "blessed", "lucky", "happy", "money", "magic", "matrix", "phoenix",
        "temp", "temporary", "initial", "first", "start", "new", "old", "god", "webhook", "trigger", "console", "api", "key", "token",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly int s_longest = s_words.Max(w => w.Length);

    public static bool IsCommon(string password)
    {
        var plain = Fold(password);
        return IsRepeated(plain) || Own(plain, isLetter: true) < LeastOwn || Own(plain, isLetter: false) < LeastOwn;
    }

    /// <summary>
    /// How much of it is the password's own: not part of a common word or of a run. Read once with digits as the letters they stand for
    /// (p4ssw0rd), once as the digits they are (12345678).
    /// </summary>
    private static int Own(string plain, bool isLetter)
    {
        var text = isLetter ? new string([.. plain.Select(Letter)]) : plain;
        // best[i]: fewest own characters among the first i
        var best = new int[text.Length + 1];
        for (var i = 1; i <= text.Length; i++)
        {
            best[i] = best[i - 1] + Weight(plain[i - 1]);
            for (var length = 1; length <= Math.Min(i, Math.Max(s_longest, 40)); length++)
            {
                var start = i - length;
                if (best[start] >= best[i]) continue;
                var piece = text.AsSpan(start, length);
                if ((length <= s_longest && s_words.GetAlternateLookup<ReadOnlySpan<char>>().Contains(piece)) || (length >= ShortestRun && IsRun(piece))) best[i] = best[start];
            }
        }
        return best[^1];
    }

    // A year or an exclamation mark behind a word is the first thing that is tried
    private static int Weight(char c) => char.IsAscii(c) && !char.IsAsciiLetter(c) ? 1 : LetterWeight;

    private static bool IsRun(ReadOnlySpan<char> piece)
    {
        if (IsSame(piece)) return true;
        Span<char> reversed = stackalloc char[piece.Length];
        piece.CopyTo(reversed);
        reversed.Reverse();
        foreach (var row in s_rows)
            if (row.AsSpan().IndexOf(piece) >= 0 || row.AsSpan().IndexOf(reversed) >= 0) return true;
        return false;
    }

    private static bool IsSame(ReadOnlySpan<char> piece) => piece.IndexOfAnyExcept(piece[0]) < 0;

    // abcabcabcabc: a piece of up to a third of it, over and over
    private static bool IsRepeated(string text)
    {
        for (var period = 1; period <= text.Length / 2; period++)
        {
            if (text.Length / period < 3 && period > 5) continue;
            var isPeriodic = true;
            for (var i = period; i < text.Length && isPeriodic; i++) isPeriodic = text[i] == text[i - period];
            if (isPeriodic) return true;
        }
        return false;
    }

    private static string Fold(string password)
    {
        var folded = new StringBuilder(password.Length);
        foreach (var c in password.ToLowerInvariant())
            if (!char.IsWhiteSpace(c) && c is not ('-' or '_' or '.' or ',')) folded.Append(c);
        return folded.ToString();
    }

    private static char Letter(char c) => c switch
    {
        '0' => 'o',
        '1' or '!' or '|' => 'i',
        '3' => 'e',
        '4' or '@' => 'a',
        '5' or '$' => 's',
        '7' or '+' => 't',
        '8' => 'b',
        _ => c,
    };
}
