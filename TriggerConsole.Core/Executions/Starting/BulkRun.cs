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
    private readonly List<string> _reasons = [];
    private readonly int[] _outcomes = new int[ids.Count]; // 0 until it was seen, 1 for done, 2 and on: the reason it was skipped
    private Guid[]? _made;
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

    /// <param name="index">Which of <see cref="Ids"/>.</param>
    public void Count(int index, BulkOutcome outcome)
    {
        if (outcome.Refusal is { } refusal)
        {
            Skip(index, refusal is Refusal.NotFound ? "It is no longer in the history." : refusal.Message);
            return;
        }
        lock (_gate)
        {
            _done++;
            _outcomes[index] = 1;
            if (outcome.Made is { } made) (_made ??= new Guid[Ids.Count])[index] = made;
        }
    }

    public void Skip(int index, string problem)
    {
        lock (_gate)
        {
            _skipped++;
            if (!_problems.ContainsKey(problem) && _problems.Count >= MostProblems) problem = Others;
            if (_problems.TryAdd(problem, 0)) _reasons.Add(problem);
            _problems[problem]++;
            _outcomes[index] = 2 + _reasons.IndexOf(problem);
        }
    }

    /// <summary>What came of each that has been gone through.</summary>
    /// <param name="done">Only those that were done, or only those that were skipped; null for both.</param>
    public (IReadOnlyList<BulkItem> Items, int Total) Items(bool? done, int skip, int take)
    {
        lock (_gate)
        {
            var items = new List<BulkItem>();
            var total = 0;
            for (var i = 0; i < _outcomes.Length; i++)
            {
                if (_outcomes[i] == 0 || done is { } wanted && wanted != (_outcomes[i] == 1)) continue;
                if (total++ < skip || items.Count >= take) continue;
                items.Add(new(Ids[i], _outcomes[i] == 1, _outcomes[i] == 1 ? null : _reasons[_outcomes[i] - 2], _made?[i] is { } made && made != default ? made : null));
            }
            return (items, total);
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
