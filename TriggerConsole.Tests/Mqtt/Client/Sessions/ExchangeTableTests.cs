using TriggerConsole.Core.Mqtt.Client.Packets;
using TriggerConsole.Core.Mqtt.Client.Sessions;
using Xunit;

namespace TriggerConsole.Tests.Mqtt.Client.Sessions;

[Trait("mqtt", "MQTT-2.2.1-3")]
public sealed class ExchangeTableTests
{
    [Fact]
    public void TryAdd_AllIdentifiers_AreDifferentAndNotZero()
    {
        var table = new ExchangeTable(65_535);
        var ids = new HashSet<ushort>();
        for (var i = 0; i < 65_535; i++) Assert.True(ids.Add(Add(table).PacketId));

        Assert.DoesNotContain((ushort)0, ids);
        Assert.False(table.TryAdd(New()));
    }

    [Fact]
    public void TryAdd_OneFreed_GetsExactlyThat()
    {
        var table = new ExchangeTable(65_535);
        var all = Enumerable.Range(0, 65_535).Select(_ => Add(table)).ToList();
        table.Remove(all[30_000]);

        Assert.Equal(all[30_000].PacketId, Add(table).PacketId);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(100)]
    [InlineData(65_535)]
    public void TryAdd_RoundAndRound_PassesOverWhatIsHeld(int most)
    {
        var table = new ExchangeTable(most);
        var held = most > 1 ? Add(table) : null;
        for (var i = 0; i < 200_000; i++)
        {
            var exchange = Add(table);
            Assert.NotEqual(0, exchange.PacketId);
            Assert.NotEqual(held?.PacketId, exchange.PacketId);
            Assert.Same(exchange, table[exchange.PacketId]);
            table.Remove(exchange);
            Assert.Null(table[exchange.PacketId]);
        }
        if (held is not null) Assert.Same(held, table[held.PacketId]);
    }

    [Fact]
    public void Item_IdentifierInTheSamePlace_IsNotTakenForAnother()
    {
        var table = new ExchangeTable(3);
        var exchange = Add(table);

        Assert.Null(table[(ushort)(exchange.PacketId + 4)]);
    }

    private static RequestExchange Add(ExchangeTable table)
    {
        var exchange = New();
        Assert.True(table.TryAdd(exchange));
        return exchange;
    }

    private static RequestExchange New() => new(PacketType.Suback, 1);
}
