using System.Globalization;
using System.Text;

namespace TriggerConsole.Core.Mail;

/// <summary>A mail of plain text to one person.</summary>
internal sealed record MailMessage(string To, string Subject, string Body);

/// <summary>
/// A mail as it goes over the wire (RFC 5322, with RFC 2045 and 2047 for what is not ASCII). A value that would begin another header is
/// refused here, wherever it comes from.
/// </summary>
internal static class MailText
{
    private const string NewLine = "\r\n";
    private const int MostOfLine = 998; // RFC 5322, section 2.1.1
    private const int BytesOfWord = 45; // 60 letters in base64, with what is round them less than the 75 that RFC 2047 allows

    /// <exception cref="ArgumentException">A value has a line break or another control character in it.</exception>
    public static string Compose(MailMessage message, string from, string fromName, string messageId, DateTimeOffset now)
    {
        if (message.Subject.Any(char.IsControl) || fromName.Any(char.IsControl)) throw new ArgumentException("The subject of a mail, or the name it comes from, has a line break or control character in it.", nameof(message));
        var text = new StringBuilder();
        Header("Date", now.ToUniversalTime().ToString("ddd, dd MMM yyyy HH:mm:ss '+0000'", CultureInfo.InvariantCulture));
        Header("From", $"{Phrase(fromName)} <{MailAddresses.ForWire(from)}>");
        Header("To", $"<{MailAddresses.ForWire(message.To)}>");
        Header("Message-ID", $"<{messageId}>");
        Header("Subject", Words(message.Subject));
        Header("Auto-Submitted", "auto-generated"); // nobody's holiday notice answers it (RFC 3834)
        Header("MIME-Version", "1.0");
        Header("Content-Type", "text/plain; charset=utf-8");
        var body = message.Body.ReplaceLineEndings(NewLine);
        var isPlain = Ascii.IsValid(body) && body.Split(NewLine).All(line => line.Length <= MostOfLine && !line.Any(char.IsControl));
        Header("Content-Transfer-Encoding", isPlain ? "7bit" : "base64");
        text.Append(NewLine);
        text.Append(isPlain ? body : Convert.ToBase64String(Encoding.UTF8.GetBytes(body), Base64FormattingOptions.InsertLineBreaks));
        if (!body.EndsWith(NewLine, StringComparison.Ordinal) || !isPlain) text.Append(NewLine);
        return text.ToString();

        void Header(string name, string value) => text.Append(name).Append(": ").Append(value).Append(NewLine);
    }

    private static string Phrase(string name)
        => Ascii.IsValid(name) ? $"\"{name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"" : Words(name);

    // RFC 2047: pieces of whole characters, each encoded by itself
    private static string Words(string value)
    {
        if (Ascii.IsValid(value) && !value.Contains("=?", StringComparison.Ordinal)) return value;
        var words = new List<string>();
        var piece = new StringBuilder();
        foreach (var rune in value.EnumerateRunes())
        {
            if (Encoding.UTF8.GetByteCount(piece.ToString()) + rune.Utf8SequenceLength > BytesOfWord)
            {
                words.Add(piece.ToString());
                piece.Clear();
            }
            piece.Append(rune.ToString());
        }
        words.Add(piece.ToString());
        return string.Join(NewLine + " ", words.Select(w => $"=?utf-8?B?{Convert.ToBase64String(Encoding.UTF8.GetBytes(w))}?="));
    }
}
