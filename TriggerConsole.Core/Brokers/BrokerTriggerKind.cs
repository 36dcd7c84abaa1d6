using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Records;
using TriggerConsole.Core.Secrets;
using TriggerConsole.Core.Templates;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Brokers;

/// <summary>
/// What trigger kinds with brokers share: a message is rendered, handed to the kept connection before the first wait, so that the order
/// of calls is the order on the wire, and whatever comes of it is an outcome.
/// </summary>
internal abstract class BrokerTriggerKind<TBroker, TConnection, TPrepared, TRendered, TResult>(
    TriggerKind kind, BrokerDirectory<TBroker> brokers, BrokerConnections<TBroker, TConnection> connections, TemplateRules rules, TimeProvider time) : ITriggerKind
    where TBroker : RuntimeBroker
    where TConnection : BrokerConnection<TBroker>
    where TPrepared : BrokerPreparedTrigger
    where TRendered : RenderedMessage<TPrepared>
    where TResult : struct
{
    private const int MaxSaidLength = 200;

    public TriggerKind Kind => kind;

    public abstract Type SettingsType { get; }

    public ITargetConnections Connections => connections;

    public bool KeepsOrder => true;

    public abstract ValueTask ValidateAsync(TriggerSettings settings, TemplateRules templateRules, FieldErrors errors, CancellationToken cancellationToken);

    public abstract string? DestinationOf(TriggerSettings settings);

    public abstract string Describe(TriggerSettings settings);

    public abstract PreparedTrigger Prepare(TriggerSettings settings);

    public TriggerPreview Preview(PreparedTrigger prepared, AttemptContext context)
        => TryRender((TPrepared)prepared, context, new TemplateScope(context, rules) { MaskSecrets = true }, out var failure) is { } rendered
            ? new(RequestOf(rendered, brokers.Find(rendered.Prepared.BrokerId)), null)
            : new(null, failure!.Detail);

    public Task<AttemptOutcome> ExecuteAsync(PreparedTrigger prepared, AttemptContext context, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) return Task.FromCanceled<AttemptOutcome>(cancellationToken);
        if (TryRender((TPrepared)prepared, context, new TemplateScope(context, rules), out var failure) is not { } rendered)
            return Task.FromResult(new AttemptOutcome { Failure = failure!.Kind, Code = failure.Code, Detail = failure.Detail });
        var connection = connections.Find(rendered.Prepared.BrokerId);
        return connection is not null && IsReady(connection)
            ? PublishAsync(connection, rendered, cancellationToken)
            : Task.FromResult(Unanswered(rendered, brokers.Find(rendered.Prepared.BrokerId), connection, WithoutConnection(rendered.Prepared.BrokerId), 0));
    }

    /// <summary>Why nothing can be sent for this trigger, besides what its templates need; null normally.</summary>
    protected virtual AttemptFailure? WhyNot(TPrepared prepared) => prepared.Fault is { } fault ? new(FailureKind.Configuration, BrokerFailures.TemplateInvalid, fault) : null;

    /// <exception cref="TemplateException">The event lacks what a template needs.</exception>
    /// <exception cref="MessageException">What came out is no message.</exception>
    protected abstract TRendered Render(TPrepared prepared, AttemptContext context, TemplateScope scope);

    /// <summary>Whether the client is to be asked; it answers by itself that it is not connected.</summary>
    protected virtual bool IsReady(TConnection connection) => true;

    /// <summary>Hands the message to the client before it first waits.</summary>
    protected abstract ValueTask<TResult> SendAsync(TConnection connection, TRendered rendered, CancellationToken cancellationToken);

    protected abstract AttemptOutcome Judge(TConnection connection, TRendered rendered, in TResult result);

    /// <summary>The outcome when the client gave no result.</summary>
    /// <param name="connection">Null when there is none.</param>
    protected abstract AttemptOutcome Unanswered(TRendered rendered, TBroker? broker, TConnection? connection, AttemptFailure failure, double milliseconds);

    /// <summary>The attempt's limit passed without an answer.</summary>
    protected abstract AttemptFailure TimedOut(TConnection connection, TRendered rendered);

    /// <summary>What an exception of the client means; null for a fault of ours.</summary>
    protected virtual AttemptFailure? Classify(TRendered rendered, Exception exception) => null;

    /// <summary>What would be recorded of the message.</summary>
    protected abstract byte[] RequestOf(TRendered rendered, TBroker? broker);

    protected abstract void LogUnforeseen(Exception exception);

    /// <summary>The broker's own words on one short line, without what only we and it should know; null when it said none.</summary>
    protected static string? Said(TConnection connection, TRendered rendered, string? words)
    {
        if (string.IsNullOrEmpty(words)) return null;
        var line = new string([.. words.Where(c => !char.IsControl(c))]);
        return RecordWriter.Cut(rendered.Masker.MaskText(connection.Masker.MaskText(line)), MaxSaidLength);
    }

    private async Task<AttemptOutcome> PublishAsync(TConnection connection, TRendered rendered, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        AttemptFailure? failure;
        using var limit = new AttemptLimit(rendered.Prepared.Timeout, time, cancellationToken);
        try
        {
            var result = await SendAsync(connection, rendered, limit.Token);
            return Judge(connection, rendered, result);
        }
        catch (OperationCanceledException) when (limit.Token.IsCancellationRequested)
        {
            cancellationToken.ThrowIfCancellationRequested();
            failure = TimedOut(connection, rendered);
        }
        catch (Exception exception)
        {
            failure = Classify(rendered, exception);
            if (failure is null)
            {
                // One event must not become poison for the engine, whatever is in it
                LogUnforeseen(exception);
                failure = BrokerFailures.Unforeseen;
            }
        }
        return Unanswered(rendered, connection.Broker, connection, failure, time.GetElapsedTime(started).TotalMilliseconds);
    }

    private AttemptFailure WithoutConnection(Guid brokerId) => brokers.Find(brokerId) switch
    {
        null => BrokerFailures.Missing,
        { Enabled: false } broker => BrokerFailures.Disabled(broker.Name),
        _ => BrokerFailures.Unreachable(connections.StatusOf(brokerId) is { State: not BrokerState.Connected, LastFailure.Detail: var why } ? why : "The connection is being made."),
    };

    private TRendered? TryRender(TPrepared prepared, AttemptContext context, TemplateScope scope, out AttemptFailure? failure)
    {
        failure = WhyNot(prepared);
        if (failure is not null) return null;
        try
        {
            if (prepared.SecretNames.Count > 0 && brokers.Find(prepared.BrokerId) is { } broker) SecretHosts.Check(prepared.SecretNames, broker.Address.Host, scope.Rules.Secrets);
            return Render(prepared, context, scope);
        }
        catch (TemplateException exception) { failure = new(FailureKind.Configuration, exception.Code, exception.Message); }
        catch (MessageException exception) { failure = new(FailureKind.Configuration, exception.Code, exception.Message); }
        catch (Exception exception)
        {
            LogUnforeseen(exception);
            failure = BrokerFailures.Unforeseen;
        }
        return null;
    }
}
