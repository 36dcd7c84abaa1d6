using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TriggerConsole.Core.Diagnostics;
using TriggerConsole.Core.Secrets.Keys;

namespace TriggerConsole.Core.Secrets;

/// <summary>Goes on with a rotation of keys that is under way, whoever began it, and writes down when secrets were used last.</summary>
internal sealed partial class SecretKeeper(DataKeyRotation rotation, SecretStore secrets, TimeProvider time, ILogger<SecretKeeper> logger) : BackgroundService
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _wake = new(0, 1);

    /// <summary>Looks at once: a rotation was begun here.</summary>
    public void Wake()
    {
        try { _wake.Release(); }
        catch (SemaphoreFullException) { } // it is awake already
    }

    public override void Dispose()
    {
        _wake.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await rotation.ContinueAsync(stoppingToken);
                await secrets.SaveUsesAsync(stoppingToken);
                await WaitAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                LogFault(exception);
                await Task.Delay(s_interval, time, CancellationToken.None).WaitAsync(stoppingToken).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            }
        }
    }

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(s_interval, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try { await _wake.WaitAsync(either.Token); }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested) { }
    }

    [LoggerMessage(EventIds.SecretKeeperFault, LogLevel.Error, "Keys or uses of secrets could not be seen to; it is tried again in half a minute.")]
    private partial void LogFault(Exception exception);
}
