using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using TriggerConsole.Core.Amqp.Brokers;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Executions.Transport;

/// <summary>How ready executions get from the node that took them in to one that is free.</summary>
public enum ExecutionTransport
{
    /// <summary>Nodes look for them in the shared table.</summary>
    Database,

    /// <summary>Through a queue of a RabbitMQ; the table stays the record.</summary>
    RabbitMq,
}

/// <summary>The queue that carries ready executions, section <c>Execution:RabbitMq</c>.</summary>
public sealed class RabbitMqTransportOptions
{
    /// <summary>Where the broker is and who signs in: <c>amqp://user:password@host:5672/vhost</c>, or amqps. A secret: it is shown nowhere.</summary>
    public string? Uri { get; set; }

    /// <summary>Name of the queue, a quorum queue that is made when it is not there. Installations that share a virtual host need one each. Default: <c>triggerconsole.executions</c>.</summary>
    [Required, MaxLength(200)] public string Queue { get; set; } = "triggerconsole.executions";

    /// <summary>Executions from the queue that this node has in hand at the same time. Default: 256.</summary>
    [Range(1, 10_000)] public int Prefetch { get; set; } = 256;
}

/// <summary>What attributes cannot say.</summary>
internal sealed class TransportOptionsRules : IValidateOptions<ExecutionOptions>
{
    private const string Key = "Execution:RabbitMq:Uri";

    public ValidateOptionsResult Validate(string? name, ExecutionOptions options)
    {
        if (options.Transport != ExecutionTransport.RabbitMq) return ValidateOptionsResult.Success;
        if (string.IsNullOrWhiteSpace(options.RabbitMq.Uri)) return ValidateOptionsResult.Fail($"{Key} is missing. Execution:Transport is RabbitMq, which needs one: amqp://user:password@host:5672.");
        var errors = new FieldErrors();
        AmqpAddress.Parse(AmqpAddress.SplitCredentials(options.RabbitMq.Uri.Trim()).Url, errors, "");
        // Never what was given: there is a password in it
        return errors.Any ? ValidateOptionsResult.Fail($"{Key}: {errors.All[0].Message}") : ValidateOptionsResult.Success;
    }
}
