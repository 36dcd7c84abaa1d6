using System.Text;

namespace TriggerConsole.Core.Mail;

/// <summary>What a mail server answers (RFC 5321 section 4.2): a code of three digits, and lines for people or, after EHLO, one per extension.</summary>
internal sealed record SmtpReply(int Code, IReadOnlyList<string> Lines)
{
    public bool IsPositive => Code is >= 200 and < 400;

    /// <summary>The same may work later.</summary>
    public bool IsTransient => Code is >= 400 and < 500;

    /// <summary>Code and text, for people: the server chose these words.</summary>
    public string Text
    {
        get
        {
            var text = new string([.. string.Join(' ', Lines).Select(c => char.IsControl(c) ? ' ' : c)]).Trim();
            return $"{Code} {(text.Length <= 200 ? text : text[..200] + "…")}".TrimEnd();
        }
    }
}

/// <summary>A mail that could not be sent, in a sentence for people.</summary>
/// <param name="isTransient">The same may work later.</param>
internal sealed class MailException(string message, bool isTransient, Exception? inner = null) : Exception(message, inner)
{
    public bool IsTransient { get; } = isTransient;
}

/// <summary>Lines to and from a mail server. What a server can send without end is bounded.</summary>
internal sealed class SmtpConversation(Stream stream, string host)
{
    private const int MostOfLine = 2048; // RFC 5321, section 4.5.3.1.5 has 512
    private const int MostLines = 100;

    private readonly byte[] _buffer = new byte[4096];
    private int _start;
    private int _end;

    /// <summary>Bytes that were read and not asked for. After the answer to STARTTLS they are someone else's, put in before the encryption.</summary>
    public bool HasMore => _start < _end;

    /// <summary>Sends one line and reads the answer to it.</summary>
    /// <exception cref="ArgumentException">The line is more than one.</exception>
    public async Task<SmtpReply> SayAsync(string line, CancellationToken cancellationToken)
    {
        if (line.Any(char.IsControl)) throw new ArgumentException("A command to a mail server has a line break or control character in it.", nameof(line));
        await stream.WriteAsync(Encoding.UTF8.GetBytes(line + "\r\n"), cancellationToken);
        return await HearAsync(cancellationToken);
    }

    /// <summary>Sends a mail after DATA: a line that begins with a dot gets another one, so that none ends it too early (RFC 5321 section 4.5.2).</summary>
    /// <param name="text">Lines that end in CRLF.</param>
    /// <param name="cancellationToken">Ends the wait for the server.</param>
    public async Task<SmtpReply> SendDataAsync(string text, CancellationToken cancellationToken)
    {
        var stuffed = (text[0] == '.' ? "." : "") + text.Replace("\r\n.", "\r\n..", StringComparison.Ordinal);
        if (!stuffed.EndsWith("\r\n", StringComparison.Ordinal)) stuffed += "\r\n";
        await stream.WriteAsync(Encoding.UTF8.GetBytes(stuffed + ".\r\n"), cancellationToken);
        return await HearAsync(cancellationToken);
    }

    public async Task<SmtpReply> HearAsync(CancellationToken cancellationToken)
    {
        var lines = new List<string>();
        while (true)
        {
            var line = await ReadLineAsync(cancellationToken);
            if (line.Length < 3 || !int.TryParse(line.AsSpan(0, 3), System.Globalization.NumberStyles.None, null, out var code) || code is < 200 or > 599 || (line.Length > 3 && line[3] is not (' ' or '-')))
                throw new MailException($"{host} does not answer as a mail server does.", isTransient: false);
            lines.Add(line.Length > 4 ? line[4..] : "");
            if (line.Length == 3 || line[3] == ' ') return new(code, lines);
            if (lines.Count >= MostLines) throw new MailException($"The answer of {host} has no end.", isTransient: false);
        }
    }

    private async Task<string> ReadLineAsync(CancellationToken cancellationToken)
    {
        var line = new List<byte>();
        while (true)
        {
            while (_start < _end)
            {
                var value = _buffer[_start++];
                if (value == '\n')
                {
                    if (line.Count > 0 && line[^1] == '\r') line.RemoveAt(line.Count - 1);
                    return Encoding.UTF8.GetString([.. line]);
                }
                if (line.Count >= MostOfLine) throw new MailException($"{host} does not answer as a mail server does.", isTransient: false);
                line.Add(value);
            }
            (_start, _end) = (0, await stream.ReadAsync(_buffer, cancellationToken));
            if (_end == 0) throw new MailException($"{host} ended the connection.", isTransient: true);
        }
    }
}
