using TriggerConsole.Core.Secrets;
using TriggerConsole.Core.Templates;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Brokers;

/// <summary>A trigger that publishes to a broker, made ready: everything that is the same for all attempts is worked out once.</summary>
/// <param name="secretNames">The named secrets that its templates use.</param>
/// <param name="errors">Of the templates: what they name may have been deleted since the trigger was saved.</param>
internal abstract class BrokerPreparedTrigger(
    Guid brokerId, string targetKey, double timeoutSeconds, string description, MessagePayload payload, IEnumerable<string> secretNames, FieldErrors errors) : PreparedTrigger
{
    private readonly MaskerCache _maskers = new();
    private readonly string[] _secretNames = [.. secretNames];

    public Guid BrokerId { get; } = brokerId;

    public override string TargetKey { get; } = targetKey;

    public override TimeSpan Timeout { get; } = TimeSpan.FromSeconds(timeoutSeconds);

    public override string Description { get; } = description;

    public MessagePayload Payload { get; } = payload;

    /// <summary>Why no attempt can be made; null normally.</summary>
    public string? Fault { get; } = errors.Any ? $"The trigger's settings are no longer valid: {errors.All[0].Field}: {errors.All[0].Message}" : null;

    /// <summary>The named secrets that its templates use.</summary>
    public IReadOnlyList<string> SecretNames => _secretNames;

    /// <summary>The values that its named secrets have now: whatever must not show up in records.</summary>
    public List<string> SecretsIn(TemplateScope scope)
    {
        List<string> secrets = [];
        foreach (var name in _secretNames)
        {
            if (scope.Rules.Secrets.Find(name) is { Length: > 0 } value) secrets.Add(value);
            if (!scope.MaskSecrets) scope.Rules.Secrets.Used(name);
        }
        return secrets;
    }

    public SecretMasker MaskerFor(List<string> secrets) => _maskers.For(secrets);
}

/// <summary>The message of one attempt: the trigger's templates filled in from the event.</summary>
/// <param name="secrets">That went into it.</param>
internal abstract class RenderedMessage<TPrepared>(TPrepared prepared, List<string> secrets) where TPrepared : BrokerPreparedTrigger
{
    private SecretMasker? _masker;

    public TPrepared Prepared { get; } = prepared;

    /// <summary>For everything that is recorded of it.</summary>
    public SecretMasker Masker => _masker ??= Prepared.MaskerFor(secrets);
}
