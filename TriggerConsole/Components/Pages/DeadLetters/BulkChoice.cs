using TriggerConsole.Authentication;
using TriggerConsole.Core.Executions.Starting;

namespace TriggerConsole.Components.Pages.DeadLetters;

/// <summary>How many executions are to be sent again.</summary>
/// <param name="RatePerSecond">Null for as fast as the engine accepts.</param>
/// <param name="LeaveOutReplayed">Those that a replay has been made of are left as they are.</param>
public sealed record BulkChoice(BulkAction Action, double? RatePerSecond, bool LeaveOutReplayed);

/// <summary>Starts what was chosen, after asking whether the reader still may.</summary>
internal sealed class BulkStarter(CircuitGuard guard, BulkReplays replays, BulkRetries retries)
{
    /// <summary>The run, or a sentence that says why there is none.</summary>
    public async Task<(Guid? RunId, string? Problem)> StartAsync(BulkSelection selection, BulkChoice choice, CancellationToken cancellationToken)
    {
        try
        {
            var actor = (await guard.RequireAsync(Policies.Operator)).Actor();
            var started = choice.Action == BulkAction.Replay
                ? await replays.StartAsync(selection, null, choice.RatePerSecond, actor, cancellationToken)
                : await retries.StartAsync(selection, choice.RatePerSecond, actor, cancellationToken);
            return (started.Value?.Id, started.Refusal is Core.Validation.Refusal.Invalid invalid ? invalid.Errors[0].Message : started.Refusal?.Message);
        }
        catch (NotAllowedException exception)
        {
            return (null, exception.Message);
        }
    }
}
