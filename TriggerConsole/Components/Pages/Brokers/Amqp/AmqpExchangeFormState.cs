using System.Text.Json.Serialization;
using TriggerConsole.Components.Controls;
using TriggerConsole.Core.Amqp.Exchanges;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Components.Pages.Brokers.Amqp;

/// <summary>What someone has typed into the form of an exchange.</summary>
public sealed class AmqpExchangeFormState : FormState
{
    public const string MoreFold = "more";

    private static readonly (string Field, string? Fold)[] s_fields =
        [("brokerId", null), ("name", null), ("declare", null), ("type", null), ("durable", null), ("autoDelete", MoreFold), ("internal", MoreFold), ("alternateExchange", MoreFold), ("arguments", MoreFold)];

    public AmqpExchangeFormState() => MarkSaved();

    public string Name { get; set; } = "";

    /// <summary>Made at the broker; else only looked for.</summary>
    public bool Declare { get; set; } = true;

    public AmqpExchangeType Type { get; set; } = AmqpExchangeType.Topic;

    public bool Durable { get; set; } = true;

    public bool AutoDelete { get; set; }

    public bool Internal { get; set; }

    public string AlternateExchange { get; set; } = "";

    public TypedList Arguments { get; set; } = new();

    /// <summary>What of <see cref="MoreFold"/> is set, in a few words; null for nothing.</summary>
    [JsonIgnore]
    public string? MoreInWords
    {
        get
        {
            List<string> parts = [];
            if (AutoDelete) parts.Add("auto-delete");
            if (Internal) parts.Add("internal");
            if (AlternateExchange.Length > 0) parts.Add("alternate exchange");
            if (Arguments.Count is > 0 and var count) parts.Add(Format.Count(count, "argument"));
            return parts.Count == 0 ? null : string.Join(", ", parts);
        }
    }

    protected override IReadOnlyList<(string Field, string? Fold)> Fields => s_fields;

    public static AmqpExchangeFormState Of(AmqpExchangeView exchange)
    {
        var state = new AmqpExchangeFormState { Name = exchange.Name, Declare = exchange.Declare, Version = exchange.Version };
        state.TakeOver(AmqpExchangeWords.DefinitionOf(exchange));
        state.MarkSaved();
        return state;
    }

    /// <summary>Fills the form with what an exchange is elsewhere.</summary>
    public void TakeOver(AmqpExchangeDefinition definition)
    {
        (Type, Durable, AutoDelete, Internal) = (definition.Type, definition.Durable, definition.AutoDelete, definition.Internal);
        AlternateExchange = definition.AlternateExchange ?? "";
        Arguments = TypedList.Of(definition.Arguments);
    }

    /// <summary>Null when something cannot even be read; then <see cref="FormState.Errors"/> says what.</summary>
    public AmqpExchangeInput? ToInput(Guid brokerId)
    {
        var errors = new FieldErrors();
        var arguments = Arguments.ToArguments(errors, "arguments");
        Refuse(errors.All);
        if (errors.Any) return null;
        return new()
        {
            BrokerId = brokerId,
            Name = Version is null ? Name.Trim() : Name,
            Declare = Declare,
            Type = Type,
            Durable = Durable,
            AutoDelete = AutoDelete,
            Internal = Internal,
            AlternateExchange = AlternateExchange.Trim(),
            Arguments = arguments,
            Version = Version,
        };
    }

    protected override bool IsAt(string error, string field) => error == field || field == "arguments" && error.StartsWith("arguments.", StringComparison.Ordinal);
}
