using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Templates;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Bench;

/// <summary>A trigger that does nothing but leave a record of the usual size: what remains is the engine.</summary>
internal class NoopKind : ITriggerKind
{
    private static readonly AttemptOutcome s_outcome = new() { Code = "http_200", Target = "http://127.0.0.1:9901/sink", Request = new byte[700], Response = new byte[300] };
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public TriggerKind Kind => TriggerKind.Http;

    public Type SettingsType => typeof(NoopSettings);

    public ValueTask ValidateAsync(TriggerSettings settings, TemplateRules rules, FieldErrors errors, CancellationToken cancellationToken) => default;

    public string? DestinationOf(TriggerSettings settings) => null;

    public string Describe(TriggerSettings settings) => "does nothing";

    public PreparedTrigger Prepare(TriggerSettings settings) => new NoopPrepared();

    public TriggerPreview Preview(PreparedTrigger prepared, AttemptContext context) => new(null, null);

    public virtual Task<AttemptOutcome> ExecuteAsync(PreparedTrigger prepared, AttemptContext context, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _count);
        return Task.FromResult(s_outcome);
    }

    public RuntimeTrigger Trigger(Guid? id = null) => new()
    {
        Id = id ?? Guid.NewGuid(),
        Name = "No-op",
        Kind = this,
        Settings = new NoopSettings(),
        Prepared = new NoopPrepared(),
        CallbackId = null,
        Enabled = true,
        Paused = false,
        Priority = 5,
        Retry = RetryPolicy.Default,
        Limits = TriggerLimits.Default,
        Version = 1,
    };

    private sealed record NoopSettings : TriggerSettings;

    private sealed class NoopPrepared : PreparedTrigger
    {
        public override string TargetKey => "nowhere";

        public override TimeSpan Timeout => TimeSpan.FromSeconds(1);

        public override string Description => "does nothing";
    }
}

/// <summary>The same, but each call waits 50 ms for its answer.</summary>
internal sealed class WaitingKind : NoopKind
{
    private static readonly TimeSpan s_wait = TimeSpan.FromMilliseconds(50);

    public override async Task<AttemptOutcome> ExecuteAsync(PreparedTrigger prepared, AttemptContext context, CancellationToken cancellationToken)
    {
        await Task.Delay(s_wait, cancellationToken);
        return await base.ExecuteAsync(prepared, context, cancellationToken);
    }
}
