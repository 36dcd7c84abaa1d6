using TriggerConsole.Core.Amqp.Client.Publishing;
using Xunit;

namespace TriggerConsole.Tests.Amqp.Client.Publishing;

public sealed class OutstandingTests
{
    private readonly PublishCounter _counter = new(TimeProvider.System);
    private readonly Outstanding _outstanding = new();

    [Fact]
    public void Tags_AgainstAPlainDictionary_ComeOutTheSame()
    {
        var random = new Random(5);
        var model = new SortedDictionary<ulong, PendingPublish>();
        var next = 1ul;
        for (var step = 0; step < 200_000; step++)
        {
            // In waves, so that it grows and empties again
            if (random.Next(100) < (step / 5000 % 2 == 0 ? 60 : 40))
            {
                var publish = Publish($"{next}");
                _outstanding.Add(publish);
                if (random.Next(20) == 0) _outstanding.TakeBack(publish);
                else model.Add(next++, publish);
            }
            else if (random.Next(4) == 0)
            {
                var upTo = (ulong)random.NextInt64((long)next);
                var taken = new List<PendingPublish>();
                _outstanding.TakeUpTo(upTo, taken);
                Assert.Equal(model.Where(m => m.Key <= upTo).Select(m => m.Value), taken);
                foreach (var key in model.Keys.Where(k => k <= upTo).ToList()) model.Remove(key);
            }
            else
            {
                var tag = (ulong)random.NextInt64((long)next + 2);
                Assert.Equal(model.GetValueOrDefault(tag), _outstanding.Take(tag));
                model.Remove(tag);
                Assert.Equal(tag >= 1 && tag < next, _outstanding.Knows(tag));
            }
            Assert.Equal(model.Count, _outstanding.Count);
        }
        Assert.Equal(model.Values, _outstanding.TakeAll());
    }

    [Fact]
    public void Confirm_ThatNeverComes_DoesNotHoldUpTheRing()
    {
        var stuck = Publish("stuck");
        _outstanding.Add(stuck);
        for (var tag = 2ul; tag < 1_000_000; tag++)
        {
            var publish = Publish("flows");
            _outstanding.Add(publish);
            Assert.Same(publish, _outstanding.Take(tag));
        }

        Assert.InRange(_outstanding.Capacity, 1, 8192);
        Assert.Equal(1, _outstanding.Count);
        Assert.Same(stuck, _outstanding.FindReturned("stuck", static (p, key) => p.Message.Key == key));
        Assert.Same(stuck, _outstanding.Take(1));
        Assert.Empty(_outstanding.TakeAll());
    }

    [Fact]
    public void Returned_OfEqualKeys_AreFoundInTheirOrder()
    {
        // A message, and its next attempt while the first is still on its way
        var all = ((string[])["a", "b", "a", "c", "a"]).Select(Publish).ToList();
        all.ForEach(_outstanding.Add);

        Assert.Same(all[0], Return("a"));
        Assert.Same(all[2], Return("a"));
        Assert.Same(all[1], Return("b")); // before the place where the last one was
        Assert.Same(all[4], Return("a"));
        Assert.Null(Return("a"));
        Assert.Same(all[3], Return("c"));
        Assert.Null(Return("never sent"));

        PendingPublish? Return(string key)
        {
            var found = _outstanding.FindReturned(key, static (p, wanted) => p.Message.Key == wanted);
            if (found is not null) found.ReturnCode = 312;
            return found;
        }
    }

    private PendingPublish Publish(string key) => new(new() { Exchange = "", RoutingKey = "", Properties = new(), Key = key }, _counter, 0);
}
