using Microsoft.Extensions.Options;
using TriggerConsole.Core.Executions.Journal;

namespace TriggerConsole.Core.Callbacks;

/// <summary>Records refused requests, but no more than so many a second: a flood of them must not fill the disk.</summary>
internal sealed class RejectionLog(ExecutionJournal journal, IOptions<IngressOptions> options, TimeProvider time)
{
    private readonly Lock _gate = new();
    private long _second;
    private int _recorded;

    public void Record(Rejection rejection)
    {
        lock (_gate)
        {
            var second = time.GetUtcNow().ToUnixTimeSeconds();
            if (second != _second) (_second, _recorded) = (second, 0);
            if (_recorded >= options.Value.RejectionsPerSecond) return;
            _recorded++;
        }
        journal.TryAppend(new RejectionEntry(rejection));
    }
}
