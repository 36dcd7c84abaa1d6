using Microsoft.Extensions.Hosting;
using TriggerConsole.Core.Nodes;

namespace TriggerConsole.Core.Hosting;

/// <summary>Does its round now and then, on one node for all. A round that fails is told, and the next one follows.</summary>
/// <param name="first">How long after the start.</param>
/// <param name="placement">Null: there is one node.</param>
internal abstract class PeriodicService(TimeSpan first, TimeSpan interval, TimeProvider time, NodePlacement? placement) : BackgroundService
{
    protected TimeProvider Time => time;

    protected abstract Task RunRoundAsync(CancellationToken stoppingToken);

    protected abstract void TellFailure(Exception exception);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Task.Delay(first, time, stoppingToken);
            using var timer = new PeriodicTimer(interval, time);
            do await RunGuardedAsync(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // A normal stop
        }
    }

    private async Task RunGuardedAsync(CancellationToken stoppingToken)
    {
        if (placement is { IsFirst: false }) return;
        try
        {
            await RunRoundAsync(stoppingToken);
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            TellFailure(exception);
        }
    }
}
