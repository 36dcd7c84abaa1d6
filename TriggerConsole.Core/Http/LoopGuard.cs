using System.Globalization;
using System.Text;
using TriggerConsole.Core.Events;

namespace TriggerConsole.Core.Http;

/// <summary>
/// Keeps a trigger that calls a callback of its own from running for ever: each call says how often its event has already gone
/// through TriggerConsole, and the ingress refuses one that has gone round more than <see cref="MostHops"/> times.
/// </summary>
public static class LoopGuard
{
    public const string Header = "TriggerConsole-Hops";

    /// <summary>More hops than this are a loop.</summary>
    public const int MostHops = 8;

    /// <summary>The number in a request's header: 0 when it is missing or no number.</summary>
    public static int HopsIn(string? header)
        => int.TryParse(header, NumberStyles.None, CultureInfo.InvariantCulture, out var hops) ? Math.Min(hops, 1000) : 0;

    /// <summary>What a call made for this event sends.</summary>
    public static int HopsAfter(EventContent content) => (MayHaveHeader(content.Stored.Headers) ? HopsIn(content.Header(Header)) : 0) + 1;

    // Hardly any event has it: a look at the bytes saves reading all headers
    private static bool MayHaveHeader(ReadOnlySpan<byte> headers)
    {
        var name = "TriggerConsole-Hops"u8;
        while (headers.IndexOfAny((byte)'T', (byte)'t') is >= 0 and var at && headers.Length - at >= name.Length)
        {
            if (Ascii.EqualsIgnoreCase(headers.Slice(at, name.Length), name)) return true;
            headers = headers[(at + 1)..];
        }
        return headers.Contains((byte)'\\'); // written with escapes, who knows
    }
}
