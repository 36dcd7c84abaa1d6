using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TriggerConsole.Core.Audit;
using TriggerConsole.Core.Diagnostics;

namespace TriggerConsole.Core.Limits;

/// <summary>
/// Tells the audit log who was refused: once a minute, one entry for each address and policy with the number of refusals, and one for
/// all others together when there are many. A flood of requests must not become a flood of entries.
/// </summary>
internal sealed partial class LimitAuditor(RateLimits limits, IAuditTrail audit, TimeProvider time, ILogger<LimitAuditor> logger) : BackgroundService
{
    private const int MostEntries = 50;
    private static readonly TimeSpan s_round = TimeSpan.FromMinutes(1);

    internal async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        var (refused, others) = limits.Statistics.Drain();
        foreach (var (key, count) in refused.Take(MostEntries))
            await RecordAsync(key.Policy.Name(), $"{count} {(count == 1 ? "request was" : "requests were")} refused within a minute.", key.AddressText(limits.PrefixLength), cancellationToken);
        others += refused.Skip(MostEntries).Sum(r => r.Count);
        if (others > 0) await RecordAsync("other", $"{others} requests from more addresses were refused within a minute.", null, cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_round, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await RunRoundAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // normal stop
        }
    }

    private async Task RunRoundAsync(CancellationToken stoppingToken)
    {
        try
        {
            await RunOnceAsync(stoppingToken);
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            LogRoundFailed(exception); // what it had is lost; the counts in metrics and on the page are not
        }
    }

    private ValueTask RecordAsync(string policy, string detail, string? address, CancellationToken cancellationToken)
        => audit.RecordAsync(new("limit.refuse", AuditOutcome.Refused, "limit", policy, policy, detail, new(AuditActorKind.Nobody, null, "", address)), cancellationToken);

    [LoggerMessage(EventIds.LimitRoundFailed, LogLevel.Warning, "Refused requests could not be told to the audit log.")]
    private partial void LogRoundFailed(Exception exception);
}
