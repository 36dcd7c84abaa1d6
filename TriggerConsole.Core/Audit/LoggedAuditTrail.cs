using Microsoft.Extensions.Logging;

namespace TriggerConsole.Core.Audit;

/// <summary>Writes acts to the log.</summary>
internal sealed partial class LoggedAuditTrail(ILogger<LoggedAuditTrail> logger) : IAuditTrail
{
    public ValueTask RecordAsync(AuditAct act, CancellationToken cancellationToken)
    {
        LogAct(act.Action, act.Outcome, act.SubjectName ?? act.SubjectId, act.Actor?.Name);
        return ValueTask.CompletedTask;
    }

    [LoggerMessage(2001, LogLevel.Information, "{Action} {Outcome}: {Subject} by {Actor}")]
    private partial void LogAct(string action, AuditOutcome outcome, string? subject, string? actor);
}
