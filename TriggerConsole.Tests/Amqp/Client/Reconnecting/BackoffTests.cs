using TriggerConsole.Core.Amqp.Client;
using TriggerConsole.Core.Amqp.Client.Reconnecting;
using Xunit;

namespace TriggerConsole.Tests.Amqp.Client.Reconnecting;

public sealed class BackoffTests
{
    private static readonly AmqpConnectFailure s_network = new(AmqpConnectFault.Unreachable, "");
    private static readonly AmqpConnectFailure s_lost = new(AmqpConnectFault.ConnectionLost, "");
    private static readonly AmqpConnectFailure s_login = new(AmqpConnectFault.LoginRefused, "");
    private readonly Backoff _backoff = new(new());

    [Fact]
    public void Network_WaitsTwiceAsLongEachTimeAndNeverThirtySeconds()
    {
        Assert.Equal([0.5, 1, 2, 4, 8, 16, 20, 20], Enumerable.Range(0, 8).Select(_ => Next(s_network)));
        Assert.InRange(_backoff.Next(s_network, null, 1).TotalSeconds, 20, 29);
        Assert.InRange(_backoff.Next(s_network, null, 0).TotalSeconds, 10, 20);
    }

    [Fact]
    public void Refusal_WaitsLongButNotForEver()
    {
        Assert.Equal([15, 30, 60, 120, 240, 300, 300], Enumerable.Range(0, 7).Select(_ => Next(s_login)));
    }

    [Fact]
    public void Connection_ThatLived_SetsTheWaitsBack()
    {
        for (var i = 0; i < 5; i++) Next(s_network);

        Assert.Equal(0.5, Next(s_lost, TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public void Connection_ThatIsThrownOutAgainAndAgain_IsMadeLessOften()
    {
        var brief = TimeSpan.FromSeconds(1);
        Assert.Equal(0.5, Next(s_lost, brief)); // may be an accident
        Assert.Equal([5, 10, 20, 20], Enumerable.Range(0, 4).Select(_ => Next(s_lost, brief)));
        Assert.Equal(1, Next(s_network)); // really away now
    }

    [Theory]
    [InlineData(nameof(AmqpConnectFault.Dns), 0, nameof(BackoffClass.Network)), InlineData(nameof(AmqpConnectFault.Unreachable), 0, nameof(BackoffClass.Network)), InlineData(nameof(AmqpConnectFault.Refused), 0, nameof(BackoffClass.Network))]
    [InlineData(nameof(AmqpConnectFault.Timeout), 0, nameof(BackoffClass.Network)), InlineData(nameof(AmqpConnectFault.ConnectionLost), 0, nameof(BackoffClass.Network)), InlineData(nameof(AmqpConnectFault.Blocked), 0, nameof(BackoffClass.Refused))]
    [InlineData(nameof(AmqpConnectFault.Tls), 0, nameof(BackoffClass.Refused)), InlineData(nameof(AmqpConnectFault.NotAmqp), 0, nameof(BackoffClass.Refused)), InlineData(nameof(AmqpConnectFault.Protocol), 0, nameof(BackoffClass.Busy))]
    [InlineData(nameof(AmqpConnectFault.LoginRefused), 403, nameof(BackoffClass.Refused)), InlineData(nameof(AmqpConnectFault.VirtualHostMissing), 530, nameof(BackoffClass.Refused)), InlineData(nameof(AmqpConnectFault.VirtualHostRefused), 530, nameof(BackoffClass.Refused))]
    [InlineData(nameof(AmqpConnectFault.RefusedByBroker), 320, nameof(BackoffClass.Network)), InlineData(nameof(AmqpConnectFault.RefusedByBroker), 530, nameof(BackoffClass.Refused)), InlineData(nameof(AmqpConnectFault.RefusedByBroker), 541, nameof(BackoffClass.Busy))]
    public void Failure_OfEachKind_HasItsClass(string fault, int code, string expected)
    {
        Assert.Equal(expected, $"{Backoff.Classify(new(Enum.Parse<AmqpConnectFault>(fault), "") { ReplyCode = (ushort)code })}");
    }

    private double Next(AmqpConnectFailure failure, TimeSpan? lived = null) => _backoff.Next(failure, lived, 0.5).TotalSeconds;
}
