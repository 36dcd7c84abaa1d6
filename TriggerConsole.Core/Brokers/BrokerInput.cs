namespace TriggerConsole.Core.Brokers;

/// <summary>A broker as people and programs describe it, whatever its kind.</summary>
internal interface IBrokerInput<TSettings>
{
    string? Name { get; }

    bool? Enabled { get; }

    /// <summary>The version that was edited; null is not checked.</summary>
    int? Version { get; }

    /// <summary>The settings with what is given here put in. Secrets come from here alone.</summary>
    TSettings ApplyTo(TSettings before);
}

/// <summary>Checks a broker's settings the same way wherever they come from (save, test): every fault at once, each named by its field.</summary>
internal interface IBrokerValidator<TSettings>
{
    /// <param name="before">The stored settings of the same broker, whose secrets are kept where the new ones leave them out.</param>
    /// <returns>The settings with kept secrets put in; faults are in <paramref name="errors"/>.</returns>
    Task<TSettings> CheckAsync(TSettings settings, TSettings? before, Validation.FieldErrors errors, CancellationToken cancellationToken);
}
