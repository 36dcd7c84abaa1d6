using System.Globalization;
using System.Text;

namespace TriggerConsole.Core.Amqp.Client.Transports;

/// <summary>The first bytes from the other side, by which one sees who is there.</summary>
internal static class Greeting
{
    private const int Shown = 32;

    /// <summary>Whether it begins as a frame with a method does; false as well when too little of it is there.</summary>
    /// <exception cref="AmqpViolationException">This is no broker of AMQP 0-9-1.</exception>
    public static bool IsFrame(ReadOnlySpan<byte> seen)
    {
        if (seen.IsEmpty) return false;
        if (seen[0] == 1) return true;
        // How a broker answers when it speaks another version only (AMQP 0-9-1, section 4.2.2)
        if ("AMQP"u8.StartsWith(seen[..Math.Min(4, seen.Length)]))
        {
            if (seen.Length < 8) return false;
            throw new AmqpViolationException(AmqpConnectFault.NotAmqp, $"speaks another version of AMQP ({seen[5]}.{seen[6]}.{seen[7]}), not 0-9-1");
        }
        throw new AmqpViolationException(AmqpConnectFault.NotAmqp, $"does not speak AMQP: its answer begins with \"{Show(seen)}\"{Hint(seen)}");
    }

    /// <summary>The arguments of connection.start, which are whole: what the library would refuse, and then wait for the other side to go.</summary>
    /// <exception cref="AmqpViolationException">Another version, or no way to sign in that is known here.</exception>
    public static void Check(ReadOnlySpan<byte> start)
    {
        if (start[0] != 0 || start[1] != 9) throw new AmqpViolationException(AmqpConnectFault.NotAmqp, $"speaks another version of AMQP ({start[0]}.{start[1]}), not 0-9-1");
        var scanner = new ByteScanner(start[2..]);
        scanner.Table();
        foreach (var mechanism in Encoding.Latin1.GetString(scanner.LongString()).Split(' '))
        {
            if (mechanism.Equals("PLAIN", StringComparison.OrdinalIgnoreCase)) return;
        }
        throw new AmqpViolationException(AmqpConnectFault.LoginRefused, "does not let users sign in by name and password (PLAIN), the only way that is known here; it can be switched on at the broker");
    }

    private static string Hint(ReadOnlySpan<byte> seen)
        => seen.Length >= 2 && seen[0] is 0x15 or 0x16 && seen[1] == 3 ? ", which is TLS; choose amqps, or another port"
            : seen.StartsWith("HTTP/"u8) ? ", which is a web server; RabbitMQ has its pages and AMQP on different ports, AMQP usually on 5672"
            : "";

    private static string Show(ReadOnlySpan<byte> bytes)
    {
        var shown = new StringBuilder();
        foreach (var b in bytes[..Math.Min(Shown, bytes.Length)])
        {
            if (b is >= 0x20 and < 0x7F and not (byte)'\\') shown.Append((char)b);
            else shown.Append(CultureInfo.InvariantCulture, $"\\x{b:X2}");
        }
        return shown.ToString();
    }
}
