namespace TriggerConsole.Core.Operations.Transfer;

/// <summary>What an import does to one object.</summary>
public enum ImportAction
{
    /// <summary>It was not there.</summary>
    Made,
    Changed,

    /// <summary>It is there already, exactly so.</summary>
    Unchanged,
}

/// <summary>What an import does, or would do.</summary>
/// <param name="DryRun">Nothing was changed.</param>
/// <param name="LeftAlone">Objects that are here and not in the file; an import deletes nothing.</param>
public sealed record ImportReport(bool DryRun, int Made, int Changed, int Unchanged, int LeftAlone, IReadOnlyList<ImportItem> Items, IReadOnlyList<ImportToDo> ToDo);

/// <param name="In">The list of the file it is in: <c>triggers</c>.</param>
/// <param name="Changes">What is different afterwards; empty for what is made or stays.</param>
public sealed record ImportItem(string In, Guid Id, string Name, ImportAction Action, IReadOnlyList<ImportChange> Changes);

/// <summary>One field that changes. Values are as the file has them, shortened; secrets are in neither.</summary>
public sealed record ImportChange(string Field, string? Before, string? After);

/// <summary>What people have to do after an import, because a file carries no secrets.</summary>
/// <param name="Field">Where: <c>settings.auth.password</c>.</param>
/// <param name="Text">In a sentence.</param>
public sealed record ImportToDo(string In, Guid Id, string Name, string Field, string Text);
