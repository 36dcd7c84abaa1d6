using System.Globalization;
using System.Net.Sockets;
using System.Text;
using TriggerConsole.Core.Mqtt.Client.Packets;

namespace TriggerConsole.Core.Mqtt.Client.Connections;

/// <summary>Failures in words for people.</summary>
internal static class Sentences
{
    private const int Longest = 256;

    /// <summary>
    /// Words of the other side, fit for a log and a page: control characters, line ends and halves of characters are shown as
    /// escapes, and long ones are cut.
    /// </summary>
    public static string Safe(string text)
    {
        var safe = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (safe.Length >= Longest) return safe.Append('…').ToString();
            var isOdd = Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
            if (isOdd) safe.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:X4}");
            else safe.Append(rune);
        }
        return safe.ToString();
    }

    /// <summary>Bytes that should have been MQTT.</summary>
    public static string Show(ReadOnlySpan<byte> bytes)
    {
        var shown = new StringBuilder();
        foreach (var b in bytes[..Math.Min(32, bytes.Length)])
        {
            if (b is >= 0x20 and < 0x7F and not (byte)'\\') shown.Append((char)b);
            else shown.Append(CultureInfo.InvariantCulture, $"\\x{b:X2}");
        }
        return shown.ToString();
    }

    /// <summary>A refusing CONNACK.</summary>
    public static MqttConnectFailure Of(ConnackPacket connack, string host)
        => new(MqttConnectFault.RefusedByBroker, $"{host} refused the connection: {connack.Reason.Meaning()} (0x{(byte)connack.Reason:X2}).{Words(connack.ReasonText, connack.ServerReference)}", connack.Reason);

    public static MqttConnectFailure Of(DisconnectPacket disconnect, string host)
        => new(MqttConnectFault.RefusedByBroker, $"{host} ended the connection: {(disconnect.Reason == MqttReasonCode.Success ? "it gives no reason" : disconnect.Reason.Meaning())} (0x{(byte)disconnect.Reason:X2}).{Words(disconnect.ReasonText, disconnect.ServerReference)}", disconnect.Reason);

    public static string Lost(string host, Exception exception) => (exception as SocketException ?? exception.InnerException as SocketException)?.SocketErrorCode switch
    {
        SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown => $"{host} broke off the connection.",
        { } code => $"The connection to {host} broke ({code}).",
        _ => $"The connection to {host} broke.",
    };

    // Another server that the broker names is only told of, never followed: it would be a way round the rules for addresses
    private static string Words(string? reason, string? reference)
        => (string.IsNullOrEmpty(reason) ? "" : $" It says: \"{Safe(reason)}\".") + (string.IsNullOrEmpty(reference) ? "" : $" It names another server: \"{Safe(reference)}\".");
}
