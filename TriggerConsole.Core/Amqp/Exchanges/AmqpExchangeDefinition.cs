using System.Text.Json;

namespace TriggerConsole.Core.Amqp.Exchanges;

/// <summary>What an exchange is, besides its name. The broker compares all of it when an exchange is declared that is there already.</summary>
public sealed record AmqpExchangeDefinition
{
    private const string AlternateExchangeArgument = "alternate-exchange";

    public required AmqpExchangeType Type { get; init; }

    public required bool Durable { get; init; }

    public required bool AutoDelete { get; init; }

    public required bool Internal { get; init; }

    /// <summary>Null for none.</summary>
    public string? AlternateExchange { get; init; }

    public required IReadOnlyDictionary<string, JsonElement> Arguments { get; init; }

    internal static AmqpExchangeDefinition Of(AmqpExchange row) => new()
    {
        Type = row.Type,
        Durable = row.Durable,
        AutoDelete = row.AutoDelete,
        Internal = row.Internal,
        AlternateExchange = row.AlternateExchange,
        Arguments = AmqpArguments.Read(row.Arguments),
    };

    /// <summary>All arguments as the broker gets them.</summary>
    internal Dictionary<string, object?> ToTable()
    {
        var table = AmqpArguments.ToTable(Arguments);
        if (AlternateExchange is not null) table[AlternateExchangeArgument] = AlternateExchange;
        return table;
    }

    /// <summary>"topic, durable, alternate exchange orders.lost": part of a sentence.</summary>
    internal string InWords()
    {
        List<string> words = [Type.ToString().ToLowerInvariant(), Durable ? "durable" : "not durable"];
        if (AutoDelete) words.Add("auto-delete");
        if (Internal) words.Add("internal");
        if (AlternateExchange is not null) words.Add($"alternate exchange {AlternateExchange}");
        words.AddRange(Arguments.Select(a => $"{a.Key} = {a.Value}"));
        return string.Join(", ", words);
    }

    /// <summary>
    /// Takes over what the broker has said of one property of the exchange it has (<see cref="InequivalentArgument"/>); null when that
    /// cannot be understood.
    /// </summary>
    internal AmqpExchangeDefinition? With(InequivalentArgument said) => said.Name switch
    {
        "type" => Enum.TryParse<AmqpExchangeType>(said.Current, ignoreCase: true, out var type) ? this with { Type = type } : null,
        "durable" => bool.TryParse(said.Current, out var durable) ? this with { Durable = durable } : null,
        "auto_delete" => bool.TryParse(said.Current, out var autoDelete) ? this with { AutoDelete = autoDelete } : null,
        "internal" => bool.TryParse(said.Current, out var isInternal) ? this with { Internal = isInternal } : null,
        AlternateExchangeArgument => this with { AlternateExchange = said.Current },
        var name when Arguments.ContainsKey(name) && said.Current is null => this with { Arguments = Arguments.Where(a => a.Key != name).ToDictionary() },
        _ => null,
    };
}
