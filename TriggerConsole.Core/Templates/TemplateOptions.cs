namespace TriggerConsole.Core.Templates;

/// <summary>What templates may read besides the event.</summary>
public sealed class TemplateOptions
{
    public const string SectionName = "Templates";

    /// <summary>Names of the environment variables that <c>{env:NAME}</c> may read. Default: none.</summary>
    public IList<string> AllowedEnvironment { get; } = [];

    /// <summary>Reads them once: what is not set reads as empty.</summary>
    public TemplateEnvironment ReadEnvironment()
        => new(AllowedEnvironment.Distinct().ToDictionary(name => name, Environment.GetEnvironmentVariable));
}
