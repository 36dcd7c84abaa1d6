namespace TriggerConsole.Core.Persistence;

/// <summary>One group of settings that people change in the pages (retention, …), as JSON.</summary>
public sealed class Setting
{
    public required string Name { get; init; }

    public required string Value { get; set; }

    public required DateTimeOffset UpdatedAt { get; set; }
}
