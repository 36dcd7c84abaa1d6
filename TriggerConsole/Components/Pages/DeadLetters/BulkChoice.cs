using TriggerConsole.Authentication;
using TriggerConsole.Components.Controls;
using TriggerConsole.Core.Executions.Starting;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Components.Pages.DeadLetters;

/// <summary>How many executions are to be sent again.</summary>
/// <param name="RatePerSecond">Null for as fast as the engine accepts.</param>
/// <param name="LeaveOutReplayed">Those that a replay has been made of are left as they are.</param>
public sealed record BulkChoice(BulkAction Action, double? RatePerSecond, bool LeaveOutReplayed);

/// <summary>Starts what was chosen, if the reader still may.</summary>
internal sealed class BulkStarter(PageCommands commands, BulkReplays replays, BulkRetries retries)
{
    public Task<CommandResult<BulkRunView>> StartAsync(BulkSelection selection, BulkChoice choice, CancellationToken cancellationToken)
        => commands.RunAsync(Permissions.Run, user => choice.Action == BulkAction.Replay
            ? replays.StartAsync(selection, null, choice.RatePerSecond, user.Actor(), cancellationToken)
            : retries.StartAsync(selection, choice.RatePerSecond, user.Actor(), cancellationToken));
}
