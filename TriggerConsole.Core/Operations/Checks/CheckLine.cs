namespace TriggerConsole.Core.Operations.Checks;

/// <summary>How one thing was found.</summary>
public enum CheckState
{
    Ok,

    /// <summary>Works, and someone should know.</summary>
    Note,

    /// <summary>Does not work.</summary>
    Fault,
}

/// <param name="What">What was looked at: <c>database</c>.</param>
/// <param name="Text">What was found, in a sentence; of a fault also what to do.</param>
public sealed record CheckLine(string What, CheckState State, string Text);
