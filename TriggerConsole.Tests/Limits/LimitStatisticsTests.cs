using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TriggerConsole.Core.Audit;
using TriggerConsole.Core.Diagnostics;
using TriggerConsole.Core.Limits;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Limits;

public sealed class LimitStatisticsTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly EngineMetrics _metrics = new();
    private readonly LimitStatistics _statistics;
    private readonly RateLimits _limits;

    public LimitStatisticsTests()
    {
        _statistics = new(_time);
        _limits = new(Options.Create(new RateLimitingOptions { Api = new() { Permits = 2 } }), _statistics, _metrics, _time);
    }

    public void Dispose() => _metrics.Dispose();

    [Fact]
    public void Policies_HourGoesBy_ForgetsWhatIsOlder()
    {
        for (var i = 0; i < 5; i++) Call("203.0.113.7");
        _time.Advance(TimeSpan.FromMinutes(30));
        for (var i = 0; i < 3; i++) Call("203.0.113.8");

        Assert.Equal((4, 4), Api());
        _time.Advance(TimeSpan.FromMinutes(31));
        Assert.Equal((1, 4), Api());
        _time.Advance(TimeSpan.FromHours(50));
        Assert.Equal((0, 4), Api());
    }

    [Fact]
    public void Addresses_MoreThanFit_KeepsThoseThatAreRefusedMost()
    {
        for (var i = 0; i < 102; i++) Call("198.51.100.1");
        for (var i = 0; i < 2_000; i++) _statistics.Refused(LimitKey.Of(LimitPolicy.Api, new IPAddress([203, 0, (byte)(i / 256), (byte)i]), 64));

        var (refused, others) = _statistics.Drain();

        Assert.Equal(100, refused[0].Count);
        Assert.Equal(2_100, refused.Sum(r => r.Count) + others);
        Assert.Equal("198.51.100.1", _statistics.Addresses(5, 64)[0].Address);
        Assert.InRange(_statistics.Addresses(10_000, 64).Count, 1, 256);
        Assert.Equal((0, 0), (_statistics.Drain().Refused.Count, _statistics.Drain().Others));
    }

    [Fact]
    public void Callbacks_LimitReached_NamesThem()
    {
        var callback = Guid.NewGuid();
        for (var i = 0; i < 5; i++) _limits.TakeCallback(callback, new(2, 60_000, 0), IPAddress.Loopback);
        var one = Assert.Single(_statistics.Callbacks(5));
        Assert.Equal((callback, 3), (one.CallbackId, one.Count));
        _time.Advance(TimeSpan.FromMinutes(61));
        Assert.Empty(_statistics.Callbacks(5));
    }

    [Fact]
    public async Task Auditor_FloodFromManyAddresses_WritesOneEntryForEachOfTheWorstAndOneForTheRest()
    {
        var audit = new RecordedAudit();
        using var auditor = new LimitAuditor(_limits, audit, _time, NullLogger<LimitAuditor>.Instance);
        for (var i = 0; i < 1_002; i++) Call("198.51.100.1");
        for (var i = 0; i < 300; i++) _statistics.Refused(LimitKey.Of(LimitPolicy.SignIn, new IPAddress([203, 0, (byte)(i / 256), (byte)i]), 64));

        await auditor.RunOnceAsync(CancellationToken.None);

        Assert.Equal(51, audit.Acts.Count);
        Assert.Equal(("limit.refuse", AuditOutcome.Refused, "api", "198.51.100.1", "1000 requests were refused within a minute."),
            (audit.Acts[0].Action, audit.Acts[0].Outcome, audit.Acts[0].SubjectName, audit.Acts[0].Actor!.Address, audit.Acts[0].Detail));
        Assert.Equal("251 requests from more addresses were refused within a minute.", audit.Acts[^1].Detail);
        await auditor.RunOnceAsync(CancellationToken.None);
        Assert.Equal(51, audit.Acts.Count);
    }

    private (long LastHour, long SinceStart) Api() => _statistics.Policies().Where(p => p.Policy == LimitPolicy.Api).Select(p => (p.LastHour, p.SinceStart)).Single();

    private void Call(string address) => _limits.Take(LimitPolicy.Api, IPAddress.Parse(address));

    private sealed class RecordedAudit : IAuditTrail
    {
        public List<AuditAct> Acts { get; } = [];

        public ValueTask RecordAsync(AuditAct act, CancellationToken cancellationToken)
        {
            Acts.Add(act);
            return ValueTask.CompletedTask;
        }
    }
}
