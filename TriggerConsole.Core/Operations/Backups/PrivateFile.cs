namespace TriggerConsole.Core.Operations.Backups;

/// <summary>Files that hold secrets: nobody but their owner may read them, from their first byte on.</summary>
internal static class PrivateFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Makes an empty file.</summary>
    /// <exception cref="OperationRefusedException">The folder does not let us.</exception>
    public static void Create(string file)
    {
        try
        {
            using var stream = Open(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new OperationRefusedException($"{file} cannot be written: {exception.Message}", exception);
        }
    }

    /// <summary>A new file to write to.</summary>
    public static FileStream Open(string file)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
        return new(file, options);
    }

    /// <summary>Makes the file when there is none; one that is there keeps its mode.</summary>
    public static void Ensure(string file)
    {
        if (File.Exists(file)) return;
        CreateFolder(Path.GetDirectoryName(file)!);
        try
        {
            using var stream = Open(file);
        }
        catch (IOException) when (File.Exists(file))
        {
            // Someone else was quicker
        }
    }

    /// <summary>A folder, with those above it that are missing, that only its owner may look into; one that is there stays as it is.</summary>
    public static void CreateFolder(string folder)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
    }

    /// <summary>Waits until the file is on the disk, whatever its last writer did.</summary>
    public static void Sync(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.ReadWrite);
        stream.Flush(flushToDisk: true);
    }

    /// <summary>A name beside <paramref name="file"/> that nothing has.</summary>
    public static string Beside(string file, string purpose) => $"{file}.{purpose}-{Guid.NewGuid().ToString("N")[..8]}";
}
