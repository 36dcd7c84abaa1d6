using TriggerConsole.Core.Identity.Tries;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Identity.Tries;

public sealed class TryCountersTests : IDisposable
{
    private const string Id = "somebody";

    private readonly TestDatabase _database = TestDatabase.Sqlite();
    private readonly ManualTimeProvider _time = new();
    private readonly TryCounters _tries;

    public TryCountersTests() => _tries = new(_database, _time);

    public void Dispose() => _database.Dispose();

    [Fact]
    public async Task Take_AHundredAtOnce_AllowsEight()
    {
        var tickets = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(() => TakeAsync())));

        Assert.Equal(TryCounters.Most, tickets.Count(t => t.IsAllowed));
        Assert.Contains(tickets, t => t.IsLast);
    }

    [Fact]
    public async Task Take_AfterEachLock_AllowsEightMoreAndLocksForLonger()
    {
        foreach (var minutes in (int[])[5, 10, 20, 40, 60, 60])
        {
            for (var i = 0; i < TryCounters.Most; i++) Assert.True((await TakeAsync()).IsAllowed);
            var refused = await TakeAsync();
            Assert.Equal(_time.GetUtcNow().AddMinutes(minutes), refused.LockedUntil);
            _time.Advance(TimeSpan.FromMinutes(minutes) - TimeSpan.FromSeconds(1));
            Assert.False((await TakeAsync()).IsAllowed);
            _time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    [Fact]
    public async Task Forget_AfterSuccess_BeginsAnew()
    {
        for (var i = 0; i < TryCounters.Most; i++) await TakeAsync();
        Assert.False((await TakeAsync()).IsAllowed);

        await _tries.ForgetAsync(Id, CancellationToken.None);

        Assert.True((await TakeAsync()).IsAllowed);
    }

    [Fact]
    public async Task Take_ADayLater_BeginsWithTheShortestLock()
    {
        for (var i = 0; i < 2 * TryCounters.Most; i++)
        {
            if (i == TryCounters.Most) _time.Advance(TryCounters.ShortestLock);
            Assert.True((await TakeAsync()).IsAllowed);
        }
        _time.Advance(TimeSpan.FromDays(1));

        for (var i = 0; i < TryCounters.Most; i++) Assert.True((await TakeAsync()).IsAllowed);

        Assert.Equal(_time.GetUtcNow() + TryCounters.ShortestLock, (await TakeAsync()).LockedUntil);
    }

    [Fact]
    public async Task ForgetAll_OfOneUser_LeavesOthersAlone()
    {
        var (one, other) = (Guid.NewGuid(), Guid.NewGuid());
        foreach (var user in (Guid[])[one, other])
            for (var i = 0; i < TryCounters.Most; i++) await _tries.TakeAsync(TryCounters.PasswordOf(user), CancellationToken.None);

        await _tries.ForgetAllAsync(one, CancellationToken.None);

        Assert.Equal([other], (await _tries.LockedAsync([one, other], CancellationToken.None)).Keys);
    }

    private Task<TryTicket> TakeAsync() => _tries.TakeAsync(Id, CancellationToken.None);
}
