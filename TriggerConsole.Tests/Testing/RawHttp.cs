using System.Net.Sockets;
using System.Text;

namespace TriggerConsole.Tests.Testing;

/// <summary>Sends bytes to a web server as they are, which no client library would, and reads what comes back.</summary>
internal static class RawHttp
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    /// <summary>Everything that the server says until it closes, or falls silent for a second after it has said something.</summary>
    /// <param name="text">Each character is one byte.</param>
    /// <param name="limit">How long to wait for the first byte, and for all.</param>
    public static async Task<RawAnswer> SendAsync(Uri server, string text, TimeSpan? limit = null)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server.Host, server.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(text));
        var answer = new StringBuilder();
        var buffer = new byte[16_384];
        using var all = new CancellationTokenSource(limit ?? Eventually.Limit);
        while (true)
        {
            using var one = CancellationTokenSource.CreateLinkedTokenSource(all.Token);
            if (answer.Length > 0) one.CancelAfter(s_patience);
            try
            {
                var count = await stream.ReadAsync(buffer, one.Token);
                if (count == 0) return new(answer.ToString(), true);
                answer.Append(Encoding.Latin1.GetString(buffer, 0, count));
            }
            catch (OperationCanceledException) { return new(answer.ToString(), false); }
            catch (IOException) { return new(answer.ToString(), true); }
        }
    }
}

/// <param name="IsClosed">The server ended the connection.</param>
internal sealed record RawAnswer(string Text, bool IsClosed)
{
    /// <summary>Of each answer, in their order.</summary>
    public IReadOnlyList<int> Statuses { get; } =
        [.. Text.Split("HTTP/1.1 ").Skip(1).Where(a => a.Length >= 3 && a[..3].All(char.IsAsciiDigit)).Select(a => int.Parse(a[..3], System.Globalization.CultureInfo.InvariantCulture))];
}
