using System.Text.Json;
using System.Text.Json.Serialization;
using TriggerConsole.Components.Controls;
using TriggerConsole.Components.Pages.Triggers.Forms;
using TriggerConsole.Core.Amqp.Exchanges;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Components.Pages.Brokers.Amqp;

/// <summary>A binding to make, as it is typed, and the queue that is made with it.</summary>
public sealed class BindingFormState : FormState
{
    public const string QueueFold = "queue";

    private const string TypeArgument = "x-queue-type";
    private const string LengthArgument = "x-max-length";
    private const string OverflowArgument = "x-overflow";
    private const string TtlArgument = "x-message-ttl";
    private const string PriorityArgument = "x-max-priority";
    private const string MatchArgument = "x-match";

    private static readonly (string Field, string? Fold)[] s_fields =
        [("queue", null), ("routingKey", null), ("arguments", null), ("maxLength", QueueFold), ("messageTtl", QueueFold), ("maxPriority", QueueFold), ("createQueue", QueueFold)];

    public string Queue { get; set; } = "";

    /// <summary>The key, or for a topic exchange the pattern.</summary>
    public string RoutingKey { get; set; } = "";

    /// <summary>Of a headers exchange: one of the headers is enough; else all must fit.</summary>
    public bool MatchAny { get; set; }

    /// <summary>Of a headers exchange: what a message must carry.</summary>
    public TypedList Headers { get; set; } = new();

    public bool MakeQueue { get; set; } = true;

    public bool Durable { get; set; } = true;

    /// <summary>Kept on several nodes of the broker.</summary>
    public bool Quorum { get; set; }

    /// <summary>Empty for no limit.</summary>
    public string MaxLength { get; set; } = "";

    /// <summary>When the queue is full, new messages are refused; else the oldest are dropped.</summary>
    public bool RefusesWhenFull { get; set; } = true;

    /// <summary>A time; empty for ever.</summary>
    public string MessageTtl { get; set; } = "";

    /// <summary>Empty for none.</summary>
    public string MaxPriority { get; set; } = "";

    /// <summary>What of <see cref="QueueFold"/> is set, in a few words; null for nothing.</summary>
    [JsonIgnore]
    public string? QueueInWords
    {
        get
        {
            List<string> parts = [];
            if (Quorum) parts.Add("quorum");
            if (!Durable && !Quorum) parts.Add("not durable");
            if (MaxLength.Trim().Length > 0) parts.Add($"at most {MaxLength.Trim()} messages");
            if (MessageTtl.Trim().Length > 0) parts.Add($"kept {MessageTtl.Trim()}");
            if (MaxPriority.Trim().Length > 0 && !Quorum) parts.Add($"priorities to {MaxPriority.Trim()}");
            return parts.Count == 0 ? null : string.Join(", ", parts);
        }
    }

    protected override IReadOnlyList<(string Field, string? Fold)> Fields => s_fields;

    /// <summary>Whether a message with this key would reach the queue, as far as the key decides; null when it does not.</summary>
    public bool? Fits(AmqpExchangeType type, string key) => type switch
    {
        AmqpExchangeType.Direct => RoutingKey == key,
        AmqpExchangeType.Topic => TopicPattern.Fits(RoutingKey, key),
        AmqpExchangeType.Fanout => true,
        _ => null,
    };

    /// <summary>Null when something cannot even be read; then <see cref="FormState.Errors"/> says what.</summary>
    public AmqpBindingInput? ToInput(AmqpExchangeType type)
    {
        var errors = new FieldErrors();
        Dictionary<string, JsonElement> arguments = [];
        if (type == AmqpExchangeType.Headers)
        {
            arguments = Headers.ToArguments(errors, "arguments");
            arguments[MatchArgument] = JsonSerializer.SerializeToElement(MatchAny ? "any" : "all");
        }
        var queue = MakeQueue ? QueueToMake(errors) : null;
        Refuse(errors.All);
        if (errors.Any) return null;
        return new()
        {
            Queue = Queue.Trim(),
            RoutingKey = type is AmqpExchangeType.Direct or AmqpExchangeType.Topic ? RoutingKey.Trim() : "",
            Arguments = arguments.Count == 0 ? null : arguments,
            CreateQueue = queue,
        };
    }

    protected override bool IsAt(string error, string field) => error == field || field is "arguments" or "createQueue" && error.StartsWith(field + ".", StringComparison.Ordinal);

    private AmqpQueueInput QueueToMake(FieldErrors errors)
    {
        var arguments = new Dictionary<string, JsonElement>();
        if (Quorum) arguments[TypeArgument] = JsonSerializer.SerializeToElement("quorum");
        if (Whole(MaxLength, 1, int.MaxValue, "maxLength", "Write how many messages, for example 10000, or leave it empty for no limit.") is { } length)
        {
            arguments[LengthArgument] = JsonSerializer.SerializeToElement(length);
            if (RefusesWhenFull) arguments[OverflowArgument] = JsonSerializer.SerializeToElement("reject-publish");
        }
        if (MessageTtl.Trim().Length > 0)
        {
            if (DurationText.TryParse(MessageTtl, out var wrong) is { } seconds) arguments[TtlArgument] = JsonSerializer.SerializeToElement((long)Math.Min(Math.Round(seconds * 1000), uint.MaxValue));
            else errors.Add("messageTtl", wrong!);
        }
        // A quorum queue knows no priorities
        if (!Quorum && Whole(MaxPriority, 1, 255, "maxPriority", "Write a whole number from 1 to 255, for example 10, or leave it empty for none.") is { } priority) arguments[PriorityArgument] = JsonSerializer.SerializeToElement(priority);
        return new() { Durable = Durable || Quorum, Arguments = arguments };

        int? Whole(string text, int least, int most, string field, string expected)
        {
            if (text.Trim().Length == 0) return null;
            if (NumberText.Whole(text) is { } number && number >= least && number <= most) return number;
            errors.Add(field, expected);
            return null;
        }
    }
}
