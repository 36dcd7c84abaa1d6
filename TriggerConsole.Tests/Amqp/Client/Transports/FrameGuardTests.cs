using TriggerConsole.Core.Amqp.Client;
using TriggerConsole.Core.Amqp.Client.Transports;
using Xunit;
using static TriggerConsole.Tests.Testing.FakeAmqpBytes;

namespace TriggerConsole.Tests.Amqp.Client.Transports;

public sealed class FrameGuardTests
{
    private const int MostChannels = 24;

    public static TheoryData<string, byte[]> GoodTables => new()
    {
        { "empty", Table() },
        { "one of each kind", Table(("S", Text("x")), ("x", [(byte)'x', .. LongString([1, 2])]), ("V", [(byte)'V']), ("t", [(byte)'t', 1]), ("b", [(byte)'b', 1]), ("B", [(byte)'B', 1]),
            ("s", [(byte)'s', 1, 2]), ("u", [(byte)'u', 1, 2]), ("I", [(byte)'I', 1, 2, 3, 4]), ("i", [(byte)'i', 1, 2, 3, 4]), ("f", [(byte)'f', 1, 2, 3, 4]), ("D", [(byte)'D', 1, 2, 3, 4, 5]),
            ("l", [(byte)'l', 1, 2, 3, 4, 5, 6, 7, 8]), ("d", [(byte)'d', 1, 2, 3, 4, 5, 6, 7, 8]), ("T", [(byte)'T', 1, 2, 3, 4, 5, 6, 7, 8]),
            ("F", [(byte)'F', .. Table(("inner", Text("y")))]), ("A", [(byte)'A', .. LongString([(byte)'V', (byte)'t', 1])])) },
        { "nested as deep as allowed", Nested(ByteScanner.DeepestNesting - 1) },
        { "arrays nested as deep as allowed", Nested(ByteScanner.DeepestNesting - 1, arrays: true) },
    };

    public static TheoryData<string, byte[]> BadTables => new()
    {
        { "nested too deep", Nested(ByteScanner.DeepestNesting) },
        { "arrays nested too deep", Nested(ByteScanner.DeepestNesting, arrays: true) },
        { "nested 9,000 deep", Nested(9_000) },
        { "arrays nested 13,000 deep", Nested(13_000, arrays: true) },
        { "longer than the frame", Long(1000) },
        { "of a negative length", Long(uint.MaxValue) },
        { "name cut off", [.. Long(3), 200, 1, 2] },
        { "value cut off", [.. Long(4), 1, (byte)'a', (byte)'I', 1] },
        { "string longer than its table", [.. Long(7), 1, (byte)'a', (byte)'S', .. Long(50)] },
        { "string of a negative length", [.. Long(7), 1, (byte)'a', (byte)'S', .. Long(0x8000_0000)] },
        { "inner table longer than the outer", [.. Long(8), 1, (byte)'a', (byte)'F', .. Long(2), 0] },
        { "unknown type", Table(("a", [(byte)'Z', 1])) },
        { "more values than anybody needs", LongString([.. Enumerable.Range(0, ByteScanner.MostValues + 1).SelectMany(_ => (byte[])[0, (byte)'V'])]) },
    };

    public static TheoryData<string, byte[], bool> BadBeginnings => new()
    {
        { "HTTP", "HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray(), false },
        { "TLS", [0x15, 3, 1, 0, 2, 2, 70], false },
        { "SSH", "SSH-2.0-OpenSSH_9.2p1\r\n"u8.ToArray(), false },
        { "another AMQP", "AMQP\x03\x01\x00\x00"u8.ToArray(), false },
        { "one wrong byte", [0], false },
        { "a heartbeat first", Heartbeat, false },
        { "tune first", Tune(), true },
        { "on another channel", Method(1, 10, 10, [0, 9], Table(), LongString("PLAIN"), LongString("en_US")), true },
        { "huge frame", Frame(1, 0, [], size: 70_000), true },
        { "frame of a negative size", Frame(1, 0, [], size: uint.MaxValue), true },
        { "frame one byte too large", Frame(1, 0, [], size: FrameGuard.LargestFrame - 7), true },
        { "wrong end byte", Frame(1, 0, Start()[7..^1], end: 0xCD), true },
        { "method without a name", Frame(1, 0, [0, 10]), true },
        { "version 1-0", Start(major: 1, minor: 0), false },
        { "start cut off", Method(0, 10, 10, [0, 9], Table()), true },
    };

    public static TheoryData<string, byte[]> BadContinuations => new()
    {
        { "start again", Start() },
        { "tune again", Tune() },
        { "challenge, which PLAIN has not", Method(0, 10, 20, LongString("x")) },
        { "unknown frame type", Frame(4, 0, []) },
        { "channel never asked for", Ack(MostChannels + 1, 1) },
        { "heartbeat on a channel", Frame(8, 1, []) },
        { "heartbeat with content", Frame(8, 0, [1]) },
        { "connection's method on a channel", Method(1, 10, 41, ShortString("")) },
        { "channel's method on channel 0", Method(0, 20, 11, LongString("")) },
        { "method that clients send", Method(1, 60, 40, Short(0), ShortString("a"), ShortString("b"), [0]) },
        { "delivery that nobody asked for", Method(1, 60, 60, ShortString("c"), LongLong(1), [0], ShortString("e"), ShortString("k")) },
        { "ack cut off", Method(1, 60, 80, Short(1)) },
        { "close with a text longer than itself", Method(1, 20, 40, Short(404), [200, 1, 2]) },
        { "body without a head", Body(1, [1]) },
        { "head without a return", ContentHeader(1, 0, null) },
        { "method in the middle of a message", [.. Return(1, "e", "k"), .. Ack(1, 1)] },
        { "body larger than any sent", [.. Return(1, "e", "k"), .. ContentHeader(1, 101, null)] },
        { "body of a negative size", [.. Return(1, "e", "k"), .. ContentHeader(1, ulong.MaxValue, null)] },
        { "body longer than announced", [.. Return(1, "e", "k"), .. ContentHeader(1, 2, null), .. Body(1, [1, 2, 3])] },
        { "head of another class", [.. Return(1, "e", "k"), .. Frame(2, 1, [.. Short(61), .. Short(0), .. LongLong(0), .. Short(0)])] },
        { "head cut off", [.. Return(1, "e", "k"), .. Frame(2, 1, [.. Short(60), .. Short(0)])] },
        { "properties cut off", [.. Return(1, "e", "k"), .. Frame(2, 1, [.. Short(60), .. Short(0), .. LongLong(0), .. Short(0xFFFC), 1])] },
        { "two messages on one channel", [.. Return(1, "e", "k"), .. Return(1, "e", "k")] },
    };

    [Fact]
    public void Frames_OfAWholeConversation_PassHoweverTheyArrive()
    {
        byte[] all =
        [
            .. Start(), .. Tune(), .. OpenOk, .. ChannelOpenOk(1), .. ConfirmSelectOk(1), .. Heartbeat, .. Return(1, "e", "k"), .. ContentHeader(1, 100, Table(("a", Text("b")))),
            .. Heartbeat, .. Body(1, new byte[60]), .. Ack(2, 1), .. Body(1, new byte[40]), .. Ack(1, 7, multiple: true), .. Nack(1, 8), .. Blocked("low on memory"), .. Unblocked,
            .. ChannelClose(1, 404, "NOT_FOUND"), .. Method(3, 50, 11, ShortString("q"), Long(1), Long(2)), .. ConnectionClose(320, "CONNECTION_FORCED"),
        ];
        foreach (var piece in (int[])[1, 2, 3, 7, 8, 9, 100, all.Length])
        {
            var guard = new FrameGuard(MostChannels);
            guard.AllowBody(100);
            guard.AllowBody(50); // the largest counts
            var (passed, seen) = (0, 0);
            while (seen < all.Length)
            {
                seen = Math.Min(all.Length, seen + piece);
                passed += guard.Check(all.AsSpan(passed, seen - passed), out var needed);
                Assert.True(passed == seen || needed > seen - passed);
            }
            Assert.Equal(all.Length, passed);
            Assert.True(guard is { IsStarted: true, IsTuned: true });
        }
    }

    [Fact]
    public void Frame_OfTheLargestSize_Passes()
    {
        var guard = Connected();
        guard.AllowBody(100_000);
        byte[] frames = [.. Return(1, "e", "k"), .. ContentHeader(1, 100_000, null), .. Body(1, new byte[FrameGuard.LargestFrame - FrameGuard.Around])];

        Assert.Equal(frames.Length, guard.Check(frames, out _));
    }

    [Theory, MemberData(nameof(GoodTables))]
    public void Table_ThatIsSound_Passes(string what, byte[] table)
    {
        Assert.NotEmpty(what);
        var start = Start(table);
        Assert.Equal(start.Length, new FrameGuard(MostChannels).Check(start, out _));
        byte[] returned = [.. Return(1, "e", "k"), .. ContentHeader(1, 0, table)];
        Assert.Equal(returned.Length, Connected().Check(returned, out _));
    }

    [Theory, MemberData(nameof(BadTables))]
    public void Table_ThatIsNotSound_IsRefusedInTheGreetingAndInHeaders(string what, byte[] table)
    {
        Assert.NotEmpty(what);
        Assert.Equal(AmqpConnectFault.Protocol, Assert.Throws<AmqpViolationException>(() => new FrameGuard(MostChannels).Check(Start(table), out _)).Fault);
        byte[] returned = [.. Return(1, "e", "k"), .. ContentHeader(1, 0, table)];
        Assert.Equal(AmqpConnectFault.Protocol, Assert.Throws<AmqpViolationException>(() => Connected().Check(returned, out _)).Fault);
    }

    [Theory, MemberData(nameof(BadBeginnings))]
    public void Beginning_ThatIsNoBrokers_IsRefused(string what, byte[] bytes, bool isAmqp)
    {
        Assert.NotEmpty(what);
        var violation = Assert.Throws<AmqpViolationException>(() => new FrameGuard(MostChannels).Check(bytes, out _));
        Assert.Equal(isAmqp ? AmqpConnectFault.Protocol : AmqpConnectFault.NotAmqp, violation.Fault);
        Assert.DoesNotContain(violation.What, char.IsControl);
    }

    [Theory, MemberData(nameof(BadContinuations))]
    public void Continuation_ThatNoBrokerSends_IsRefused(string what, byte[] bytes)
    {
        Assert.NotEmpty(what);
        var guard = Connected();
        guard.AllowBody(100);
        Assert.Equal(AmqpConnectFault.Protocol, Assert.Throws<AmqpViolationException>(() => guard.Check(bytes, out _)).Fault);
    }

    [Theory, InlineData("PLAIN", true), InlineData("AMQPLAIN PLAIN", true), InlineData("EXTERNAL", false), InlineData("", false), InlineData("AMQPLAIN", false), InlineData("plain", true)]
    public void Start_WithoutTheWayToSignIn_IsRefused(string mechanisms, bool isTaken)
    {
        var start = Start(mechanisms: mechanisms);
        var guard = new FrameGuard(MostChannels);

        if (isTaken) Assert.Equal(start.Length, guard.Check(start, out _));
        else Assert.Equal(AmqpConnectFault.LoginRefused, Assert.Throws<AmqpViolationException>(() => guard.Check(start, out _)).Fault);
    }

    [Theory, InlineData(0u, true), InlineData(1u, false), InlineData(4095u, false), InlineData(4096u, true), InlineData(uint.MaxValue, true)]
    public void Tune_WithAFrameMax_IsTakenFromTheLeastOn(uint frameMax, bool isTaken)
    {
        var guard = new FrameGuard(MostChannels);
        guard.Check(Start(), out _);
        var tune = Tune(frameMax: frameMax);

        if (isTaken) Assert.Equal(tune.Length, guard.Check(tune, out _));
        else Assert.Throws<AmqpViolationException>(() => guard.Check(tune, out _));
    }

    [Fact]
    public void Bytes_AtRandom_AreRefusedOrWaitedForAndNothingElse()
    {
        var random = new Random(11);
        byte[] sound = [.. Start(), .. Tune(), .. OpenOk, .. ChannelOpenOk(1), .. Return(1, "e", "k"), .. ContentHeader(1, 3, Table(("a", Text("b")))), .. Body(1, [1, 2, 3]), .. Ack(1, 1)];
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = (byte[])sound.Clone();
            for (var changes = random.Next(1, 4); changes > 0; changes--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            var guard = new FrameGuard(MostChannels);
            guard.AllowBody(100);
            try { Assert.InRange(guard.Check(bytes, out _), 0, bytes.Length); }
            catch (AmqpViolationException) { }
        }
    }

    private static FrameGuard Connected()
    {
        var guard = new FrameGuard(MostChannels);
        byte[] greeting = [.. Start(), .. Tune(), .. OpenOk, .. ChannelOpenOk(1)];
        Assert.Equal(greeting.Length, guard.Check(greeting, out _));
        return guard;
    }
}
