namespace TriggerConsole.Core.Operations.Backups;

/// <param name="Archive">Null for a database that makes its backups itself.</param>
internal sealed record ArchiveChoice(IDatabaseArchive? Archive);

/// <summary>Writes a whole database to one file and back; one implementation for each database that can.</summary>
internal interface IDatabaseArchive
{
    /// <summary>Writes a consistent copy and checks it. Safe while servers work on the database.</summary>
    /// <param name="file">Exists, is empty and private.</param>
    /// <exception cref="OperationRefusedException">It cannot be done; says why.</exception>
    Task WriteAsync(string file, CancellationToken cancellationToken);

    /// <summary>
    /// Puts the content of a backup in the place of the database, whole or not at all, and brings it up to date. What was there is kept.
    /// </summary>
    /// <param name="replace">Also when the database holds data.</param>
    /// <returns>Where what was there is kept now, in words; null when there was nothing.</returns>
    /// <exception cref="OperationRefusedException">It cannot be done; says why.</exception>
    Task<string?> RestoreAsync(string file, bool replace, CancellationToken cancellationToken);
}
