using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Executions.Starting;

/// <summary>State of one bulk run; several workers count into it.</summary>
internal sealed class BulkRun(Guid id, BulkAction action, IReadOnlyList<Guid> ids, double? ratePerSecond, string? actor, DateTimeOffset startedAt) : IDisposable
{
    // Messages with ids in them would make a list as long as the run
    private const int MostProblems = 10;
    private const string Others = "Other reasons.";

    private readonly CancellationTokenSource _stopping = new();
    private readonly Dictionary<string, int> _problems = [];
    private readonly Lock _gate = new();
    private int _done;
    private int _skipped;
    private bool _isStopped;
    private bool _isFinished;

    public Guid Id { get; } = id;

    public IReadOnlyList<Guid> Ids { get; } = ids;

    public double? RatePerSecond { get; } = ratePerSecond;

    public CancellationToken Stopping => _stopping.Token;

    public Task Work { get; set; } = Task.CompletedTask;

    public BulkRunView View
    {
        get
        {
            lock (_gate)
            {
                var problems = _problems.OrderByDescending(p => p.Value).Select(p => new BulkProblem(p.Key, p.Value)).ToList();
                return new(Id, action, Ids.Count, _done, _skipped, _isFinished, _isStopped, problems, RatePerSecond, actor, startedAt);
            }
        }
    }

    public void Count(Refusal? refusal)
    {
        if (refusal is not null) Skip(refusal is Refusal.NotFound ? "It is no longer in the history." : refusal.Message);
        else lock (_gate) _done++;
    }

    public void Skip(string problem)
    {
        lock (_gate)
        {
            _skipped++;
            if (!_problems.ContainsKey(problem) && _problems.Count >= MostProblems) problem = Others;
            _problems[problem] = _problems.GetValueOrDefault(problem) + 1;
        }
    }

    /// <summary>Ends it early; nothing when it has ended.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            if (_isFinished) return;
            _isStopped = true;
        }
        _stopping.Cancel();
    }

    public void Finish()
    {
        lock (_gate) _isFinished = true;
    }

    public void Dispose() => _stopping.Dispose();
}
