using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Amqp.Exchanges;

/// <summary>What an exchange may be, without asking its broker.</summary>
internal static class AmqpExchangeRules
{
    public static void CheckName(string? name, bool isDeclared, FieldErrors errors)
    {
        if (AmqpNames.WhyNotName(name, "exchange") is { } why) errors.Add("name", why);
        else if (isDeclared && name!.StartsWith(AmqpNames.ReservedPrefix, StringComparison.Ordinal))
            errors.Add("name", "Names that begin with amq. are the broker's own and cannot be made. Choose another name, or, to use one that is there, only check it (declare: false).");
    }

    /// <summary>Puts what is given into the row.</summary>
    public static void Apply(AmqpExchange row, AmqpExchangeInput input, FieldErrors errors)
    {
        row.Type = input.Type ?? row.Type;
        row.Durable = input.Durable ?? row.Durable;
        row.AutoDelete = input.AutoDelete ?? row.AutoDelete;
        row.Internal = input.Internal ?? row.Internal;
        row.Declare = input.Declare ?? row.Declare;
        if (input.AlternateExchange is { } alternate)
        {
            row.AlternateExchange = alternate.Length == 0 ? null : alternate;
            if (alternate.Length > 0 && AmqpNames.WhyNotName(alternate, "exchange") is { } why) errors.Add("alternateExchange", why);
        }
        if (input.Arguments is not { } arguments) return;
        AmqpArguments.Check(arguments, errors, "arguments");
        if (arguments.ContainsKey("alternate-exchange")) errors.Add("arguments.alternate-exchange", "This has a field of its own: alternateExchange.");
        row.Arguments = AmqpArguments.Write(arguments);
    }

    public static RuntimeAmqpExchange ToRuntime(AmqpExchange row) => new(row.Id, row.BrokerId, row.Name, row.Type, AmqpExchangeDefinition.Of(row), row.Declare);
}
