using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TriggerConsole.Core.Diagnostics;

namespace TriggerConsole.Core.Limits;

/// <summary>
/// Watches how long work waits for a thread. When that is too long for a while, a growing share of events and API calls is shed until
/// it is better, so that what was accepted is carried out and pages still answer. A thread of its own looks: the pool's would wait
/// with the work it is to measure.
/// </summary>
internal sealed partial class LoadMonitor : IHostedService, IDisposable
{
    private const int TooLongBefore = 4; // looks in a row: a short pause is no overload
    private const double Step = 0.1;
    private const double MostShed = 0.9;
    private static readonly TimeSpan s_round = TimeSpan.FromMilliseconds(250);

    private readonly TimeSpan _maxDelay;
    private readonly ILogger<LoadMonitor> _logger;
    private readonly ManualResetEventSlim _stop = new();
    private readonly ManualResetEventSlim _came = new();
    private Thread? _thread;
    private int _tooLong;
    private double _share;

    public LoadMonitor(IOptions<LoadSheddingOptions> options, EngineMetrics metrics, ILogger<LoadMonitor> logger)
    {
        (_maxDelay, _logger) = (options.Value.MaxDelay, logger);
        metrics.Observe("triggerconsole.load.delay", "ms", "How long work waited for a thread, at the last look.", () => (long)Delay.TotalMilliseconds);
        metrics.Observe("triggerconsole.load.shed.share", "%", "Share of events and API calls that is shed.", () => (long)(Share * 100));
    }

    /// <summary>How long work waited for a thread, at the last look.</summary>
    public TimeSpan Delay { get; private set; }

    /// <summary>The share of events and API calls that is shed, 0 to 0.9.</summary>
    public double Share => Volatile.Read(ref _share);

    /// <summary>Whether this one is to be shed.</summary>
    public bool Sheds => Share is var share and > 0 && Random.Shared.NextDouble() < share;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _thread = new(Watch) { IsBackground = true, Name = "TriggerConsole load" };
        _thread.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _stop.Set();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _stop.Set();
        _thread?.Join();
        _stop.Dispose();
        _came.Dispose();
    }

    /// <summary>Takes over a measured delay.</summary>
    internal void Note(TimeSpan delay)
    {
        Delay = delay;
        var before = Share;
        _tooLong = delay > _maxDelay ? _tooLong + 1 : 0;
        var share = _tooLong >= TooLongBefore ? Math.Min(MostShed, before + Step) : _tooLong == 0 ? Math.Max(0, before - Step) : before;
        if (share < Step / 2) share = 0; // what rounding leaves
        Volatile.Write(ref _share, share);
        if (before == 0 && share > 0) LogBegan(delay.TotalMilliseconds);
        if (before > 0 && share == 0) LogEnded();
    }

    private void Watch()
    {
        while (!_stop.Wait(s_round))
        {
            _came.Reset();
            var began = TimeProvider.System.GetTimestamp();
            ThreadPool.UnsafeQueueUserWorkItem(static came => ((ManualResetEventSlim)came!).Set(), _came);
            // What takes longer still is counted at each round, not only when it has come at last
            while (!_came.Wait(_maxDelay + s_round))
            {
                if (_stop.IsSet) return;
                Note(TimeProvider.System.GetElapsedTime(began));
            }
            Note(TimeProvider.System.GetElapsedTime(began));
        }
    }

    [LoggerMessage(EventIds.LoadShedding, LogLevel.Warning, "Work waits {DelayMs:0} ms for a thread: some events and API calls are told to come back later (503) until it is better.")]
    private partial void LogBegan(double delayMs);

    [LoggerMessage(EventIds.LoadNormal, LogLevel.Information, "All events and API calls are taken again.")]
    private partial void LogEnded();
}
