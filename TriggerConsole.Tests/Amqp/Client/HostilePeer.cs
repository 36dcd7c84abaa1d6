using System.Net.Sockets;
using TriggerConsole.Core.Amqp.Client;
using TriggerConsole.Tests.Testing;
using static TriggerConsole.Tests.Testing.FakeAmqpBytes;

namespace TriggerConsole.Tests.Amqp.Client;

/// <summary>What a hostile or broken peer may do.</summary>
/// <param name="Script">Plays the peer; its connection is closed when it ends.</param>
/// <param name="Fault">How it ends for the client.</param>
internal sealed record HostilePeer(AmqpConnectFault Fault, Func<FakeAmqpConnection, Task> Script)
{
    public static IReadOnlyDictionary<string, HostilePeer> All { get; } = Make();

    private static Dictionary<string, HostilePeer> Make()
    {
        var all = new Dictionary<string, HostilePeer>();
        foreach (var stage in Enum.GetValues<FakeAmqpStage>())
        {
            var isEarly = stage < FakeAmqpStage.Connected;
            // Hanging up in the middle of the sign-in was once the way to refuse it
            var closed = stage == FakeAmqpStage.Started ? AmqpConnectFault.LoginRefused : AmqpConnectFault.ConnectionLost;
            all[$"silence, {stage}"] = After(stage, isEarly ? AmqpConnectFault.Timeout : AmqpConnectFault.ConnectionLost, c => c.Raw.HangAsync());
            all[$"close, {stage}"] = After(stage, closed, async c =>
            {
                c.Raw.Socket.Shutdown(SocketShutdown.Send);
                await c.Raw.HangAsync();
            });
            // Reset before a byte was read it may not even count as connected
            if (stage > FakeAmqpStage.Accepted) all[$"reset, {stage}"] = After(stage, AmqpConnectFault.ConnectionLost, c =>
            {
                c.Raw.Reset();
                return Task.CompletedTask;
            });
            all[$"garbage, {stage}"] = Sending(stage, stage < FakeAmqpStage.Started ? AmqpConnectFault.NotAmqp : AmqpConnectFault.Protocol, [.. Enumerable.Range(0, 5000).Select(i => (byte)((i * 7) + 77))]);
            all[$"half a frame and close, {stage}"] = After(stage, closed, async c =>
            {
                await c.SendAsync(Start()[..5]);
                c.Raw.Socket.Shutdown(SocketShutdown.Send);
                await c.Raw.HangAsync();
            });
            all[$"half a frame and silence, {stage}"] = Sending(stage, isEarly ? AmqpConnectFault.Timeout : AmqpConnectFault.ConnectionLost, Start()[..50]);
        }
        foreach (var stage in (FakeAmqpStage[])[FakeAmqpStage.Header, FakeAmqpStage.Started, FakeAmqpStage.Connected])
        {
            all[$"wrong end byte, {stage}"] = Sending(stage, AmqpConnectFault.Protocol, Frame(1, 0, Start()[7..^1], end: 0));
            all[$"huge frame, {stage}"] = Sending(stage, AmqpConnectFault.Protocol, Frame(1, 0, new byte[70_000]));
            all[$"huge frame announced, {stage}"] = Sending(stage, AmqpConnectFault.Protocol, Frame(1, 0, [], size: int.MaxValue));
            all[$"frame of a negative size, {stage}"] = Sending(stage, AmqpConnectFault.Protocol, Frame(1, 0, [], size: 0xFFFF_FFFF));
            all[$"nested tables, {stage}"] = Sending(stage, AmqpConnectFault.Protocol, Start(Nested(9_000)));
            all[$"unknown channel, {stage}"] = Sending(stage, AmqpConnectFault.Protocol, Ack(777, 1));
            all[$"channel that was never opened, {stage}"] = Sending(stage, AmqpConnectFault.Protocol, Ack(7, 1));
            all[$"drip, {stage}"] = After(stage, stage < FakeAmqpStage.Connected ? AmqpConnectFault.Timeout : AmqpConnectFault.ConnectionLost, DripAsync);
            all[$"endless connection.start, {stage}"] = Repeating(stage, AmqpConnectFault.Protocol, Start());
        }
        all["HTTP"] = Sending(FakeAmqpStage.Accepted, AmqpConnectFault.NotAmqp, "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"u8.ToArray());
        all["TLS on this port"] = Sending(FakeAmqpStage.Header, AmqpConnectFault.NotAmqp, [0x15, 3, 1, 0, 2, 2, 70]);
        all["another AMQP"] = Sending(FakeAmqpStage.Header, AmqpConnectFault.NotAmqp, "AMQP\x03\x01\x00\x00"u8.ToArray());
        all["AMQP 1-0 in the greeting"] = Sending(FakeAmqpStage.Header, AmqpConnectFault.NotAmqp, Start(major: 1, minor: 0));
        all["truncated table"] = Sending(FakeAmqpStage.Header, AmqpConnectFault.Protocol, Start([.. Long(500), 1, 2, 3]));
        all["no PLAIN"] = Sending(FakeAmqpStage.Header, AmqpConnectFault.LoginRefused, Start(mechanisms: "EXTERNAL SCRAM"));
        all["frames that are too small"] = Sending(FakeAmqpStage.Started, AmqpConnectFault.Protocol, Tune(frameMax: 1));
        all["challenge without end"] = Repeating(FakeAmqpStage.Started, AmqpConnectFault.Protocol, Method(0, 10, 20, LongString("again")));
        all["login refused"] = Sending(FakeAmqpStage.Started, AmqpConnectFault.LoginRefused, ConnectionClose(403, "ACCESS_REFUSED - Login was refused"));
        all["no such vhost"] = Sending(FakeAmqpStage.Tuned, AmqpConnectFault.VirtualHostMissing, ConnectionClose(530, "NOT_ALLOWED - vhost x not found"));
        all["vhost not for us"] = Sending(FakeAmqpStage.Tuned, AmqpConnectFault.VirtualHostRefused, ConnectionClose(530, "NOT_ALLOWED - access to vhost 'x' refused for user 'y'"));
        all["shutting down before the login"] = Sending(FakeAmqpStage.Started, AmqpConnectFault.RefusedByBroker, ConnectionClose(320, "CONNECTION_FORCED - broker forced connection closure with reason 'shutdown'"));
        all["internal error at the channel"] = Sending(FakeAmqpStage.Opened, AmqpConnectFault.RefusedByBroker, ConnectionClose(541, "INTERNAL_ERROR"));
        all["channel refused"] = After(FakeAmqpStage.Opened, AmqpConnectFault.RefusedByBroker, async c =>
        {
            await c.SendAsync(ChannelClose((await c.ExpectAsync("20.10")).Channel, 504, "CHANNEL_ERROR"));
            await c.Raw.HangAsync();
        });
        all["closed while connected"] = Sending(FakeAmqpStage.Connected, AmqpConnectFault.RefusedByBroker, ConnectionClose(320, "CONNECTION_FORCED"));
        foreach (var (tag, multiple) in (IEnumerable<(ulong, bool)>)[(0, false), (0, true), (999, false), (ulong.MaxValue, true), (1_000_000, false)])
        {
            all[$"ack of the unknown tag {tag}, {multiple}"] = Sending(FakeAmqpStage.Connected, AmqpConnectFault.Protocol, Ack(1, tag, multiple));
        }
        all["return with nested headers"] = Sending(FakeAmqpStage.Connected, AmqpConnectFault.Protocol, [.. Return(1, "", "k"), .. ContentHeader(1, 0, Nested(9_000))]);
        all["return of more than was sent"] = Sending(FakeAmqpStage.Connected, AmqpConnectFault.Protocol, [.. Return(1, "", "k"), .. ContentHeader(1, 100_000_000, null)]);
        all["deliveries without end"] = Repeating(FakeAmqpStage.Connected, AmqpConnectFault.Protocol, [.. Method(1, 60, 60, ShortString("c"), LongLong(1), [0], ShortString("e"), ShortString("k")), .. ContentHeader(1, 0, null)]);
        all["answers that nobody asked for, then silence"] = Sending(FakeAmqpStage.Connected, AmqpConnectFault.ConnectionLost, [.. Method(1, 50, 11, ShortString("q"), Long(1), Long(1)), .. ChannelOpenOk(1), .. ConfirmSelectOk(1)]);
        all["flow stopped, then silence"] = Sending(FakeAmqpStage.Connected, AmqpConnectFault.ConnectionLost, Method(1, 20, 20, [0]));
        all["every channel closed at once, then silence"] = After(FakeAmqpStage.Opened, AmqpConnectFault.ConnectionLost, async c =>
        {
            while (true) await c.SendAsync(ChannelClose(await c.OpenChannelAsync(), 406, "PRECONDITION_FAILED"));
        });
        return all;
    }

    private static HostilePeer After(FakeAmqpStage stage, AmqpConnectFault fault, Func<FakeAmqpConnection, Task> then) => new(fault, async connection =>
    {
        connection.TuneFrame = Tune(heartbeat: 1);
        await connection.PlayAsync(stage);
        await then(connection);
    });

    private static HostilePeer Sending(FakeAmqpStage stage, AmqpConnectFault fault, byte[] bytes) => After(stage, fault, async connection =>
    {
        await connection.SendAsync(bytes);
        await connection.Raw.HangAsync();
    });

    private static HostilePeer Repeating(FakeAmqpStage stage, AmqpConnectFault fault, byte[] bytes) => After(stage, fault, async connection =>
    {
        // Many at once, so that it is the client's memory that is measured
        var many = Enumerable.Repeat(bytes, 1 + (100_000 / bytes.Length)).SelectMany(b => b).ToArray();
        while (true) await connection.SendAsync(many);
    });

    private static async Task DripAsync(FakeAmqpConnection connection)
    {
        foreach (var b in Start(Table(("product", Text(new string('x', 10_000))))))
        {
            await connection.SendAsync([b]);
            await Task.Delay(20, connection.Raw.Stop);
        }
    }
}
